// Makes tabular figures of Be Vietnam Pro, which has none: its ten digits, each as wide as the widest.
import subsetFont from 'subset-font';

const DIGITS = '0123456789';

/** Returns a WOFF2 file of nothing but the digits of `font` (its bytes), all equally wide. */
export async function tabularFigures(font) {
  const bare = await subsetFont(font, DIGITS, { targetFormat: 'sfnt', noLayoutClosure: true });
  return subsetFont(widened(Buffer.from(bare)), DIGITS, { targetFormat: 'woff2' });
}

/** Sets the advance of every glyph but .notdef to the widest, the drawing in the middle. */
function widened(sfnt) {
  const tables = directory(sfnt);
  const metrics = sfnt.readUInt16BE(tables.hhea + 34);
  const glyphs = sfnt.readUInt16BE(tables.maxp + 4);
  if (metrics !== glyphs) throw new Error('every glyph needs its own advance');
  const advance = (glyph) => sfnt.readUInt16BE(tables.hmtx + 4 * glyph);
  const widest = Math.max(...Array.from({ length: glyphs - 1 }, (_, index) => advance(index + 1)));
  for (let glyph = 1; glyph < glyphs; glyph += 1) {
    const at = tables.hmtx + 4 * glyph;
    const bearing = sfnt.readInt16BE(at + 2) + Math.floor((widest - advance(glyph)) / 2);
    sfnt.writeUInt16BE(widest, at);
    sfnt.writeInt16BE(bearing, at + 2);
  }
  // Without this flag's promise every rasteriser heeds the bearings.
  const flags = tables.head + 16;
  sfnt.writeUInt16BE(sfnt.readUInt16BE(flags) & ~2, flags);
  return sfnt;
}

/** Returns the offset of every table by its tag. */
function directory(sfnt) {
  const tables = {};
  for (let index = 0; index < sfnt.readUInt16BE(4); index += 1) {
    const at = 12 + 16 * index;
    tables[sfnt.toString('latin1', at, at + 4)] = sfnt.readUInt32BE(at + 8);
  }
  return tables;
}
