// Bundles src/ into ../static/dist (git-ignored): hashed names, and manifest.json that tells them.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tabularFigures } from './figures.mjs';
import { trimmed } from './tabler.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const place = join(here, '../static/dist');
const out = join(here, 'node_modules/.built'); // put into place whole, when all went well
const surfaces = ['office', 'ward', 'site'];

/** Loads Tabler's stylesheet without the parts that no page of ours uses. */
const tabler = {
  name: 'tabler',
  setup(bundle) {
    bundle.onLoad({ filter: /tabler\.css$/ }, ({ path }) => ({
      contents: trimmed(readFileSync(path, 'utf8')),
      loader: 'css',
    }));
  },
};

/** Makes of `url(FONT.woff2?figures)` a font of FONT's digits, all equally wide. */
const figures = {
  name: 'figures',
  setup(bundle) {
    bundle.onResolve({ filter: /\?figures$/ }, async ({ path, ...rest }) => {
      const font = await bundle.resolve(path.replace('?figures', ''), { kind: rest.kind, resolveDir: rest.resolveDir });
      return { path: font.path.replace('.woff2', '-figures.woff2'), namespace: 'figures' };
    });
    bundle.onLoad({ filter: /.*/, namespace: 'figures' }, async ({ path }) => ({
      contents: await tabularFigures(readFileSync(path.replace('-figures.woff2', '.woff2'))),
      loader: 'file',
    }));
  },
};

/** Returns one SVG sprite: a <symbol> for each icon of Tabler's outline set named in `list`. */
function sprite(list) {
  const names = readFileSync(join(here, 'src', list), 'utf8').split(/\s+/).filter(Boolean);
  const symbols = [...new Set(names)].sort().map((name) => {
    const svg = readFileSync(join(here, 'node_modules/@tabler/icons/icons/outline', `${name}.svg`), 'utf8');
    const paths = [...svg.matchAll(/<(?:path|circle|rect|line)\b[^>]*>/g)].map(([path]) => path);
    const drawn = paths.filter((path) => !path.includes('M0 0h24v24H0z')).join('');
    return `<symbol id="${name}" viewBox="0 0 24 24">${drawn}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>\n`;
}

/** Writes `text` under a hashed name and returns that name. */
function hashed(name, text) {
  const [stem, extension] = name.split('.');
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 8);
  writeFileSync(join(out, `${stem}-${digest}.${extension}`), text);
  return `${stem}-${digest}.${extension}`;
}

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const result = await build({
  absWorkingDir: here,
  entryPoints: surfaces.flatMap((name) => [`src/${name}.js`, `src/${name}.css`]),
  outdir: out,
  bundle: true,
  minify: true,
  format: 'esm',
  target: ['es2022', 'chrome110', 'firefox115', 'safari16'],
  entryNames: '[name]-[hash]',
  assetNames: 'fonts/[name]-[hash]',
  loader: { '.woff2': 'file' },
  legalComments: 'none',
  metafile: true,
  plugins: [tabler, figures],
});

const manifest = {};
for (const [file, output] of Object.entries(result.metafile.outputs)) {
  if (output.entryPoint) manifest[basename(output.entryPoint)] = basename(file);
}
for (const file of readdirSync(join(out, 'fonts'))) {
  manifest[`fonts/${file.replace(/-[A-Z0-9]{8}(?=\.)/, '')}`] = `fonts/${file}`;
}
manifest['mark.svg'] = hashed('mark.svg', readFileSync(join(here, 'src/mark.svg'), 'utf8'));
manifest['icons.svg'] = hashed('icons.svg', sprite('icons.txt'));
manifest['site-icons.svg'] = hashed('site-icons.svg', sprite('site-icons.txt'));
writeFileSync(join(out, 'manifest.json'), `${JSON.stringify(manifest, null, 1)}\n`);
mkdirSync(dirname(place), { recursive: true });
rmSync(place, { recursive: true, force: true });
renameSync(out, place);
