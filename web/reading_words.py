"""Why a piece is read as it is: the rules of the reading in words that the office uses."""

from __future__ import annotations

from flask_babel import gettext

from content.text import msgid

RULES = {
    "abbreviation": msgid("chữ viết tắt hoặc tiếng nước ngoài trong từ điển kèm theo"),
    "acronym": msgid("tên viết bằng chữ in hoa"),
    "address": msgid("số nhà, ngõ, ngách"),
    "capital_t": msgid("chữ T sau con số: tháng hoặc tấn"),
    "capitals": msgid("chữ in hoa đọc như chữ thường"),
    "clean": msgid("dấu định dạng, không đọc"),
    "clock": msgid("giờ giấc"),
    "code": msgid("mã ghép chữ và số"),
    "coming_year": msgid("năm còn để ngỏ: năm N, N+1"),
    "corrected": msgid("cách đọc riêng của bản tin này"),
    "courtesy": msgid("cách gọi người viết tắt: ông, bà, anh, chị"),
    "date": msgid("ngày tháng"),
    "decided": msgid("từ điển của đơn vị"),
    "degree": msgid("nhiệt độ hoặc cấp gió"),
    "document": msgid("số hiệu văn bản"),
    "enumeration": msgid("số thứ tự của mục"),
    "fraction": msgid("phân số, tỷ lệ"),
    "identity": msgid("mã số đọc từng chữ số"),
    "inch": msgid("số đo bằng inch"),
    "initials": msgid("tên viết tắt bằng chữ đầu"),
    "lane": msgid("chữ viết tắt trước số nhà, ngõ, khu phố"),
    "lap": msgid("thành tích: phút, giây"),
    "letter": msgid("chữ cái đọc theo tên"),
    "milestone": msgid("cột mốc trên đường"),
    "money": msgid("số tiền"),
    "number": msgid("số đếm"),
    "part_of_year": msgid("quý hoặc số tháng trong năm"),
    "pause": msgid("chỗ nghỉ hơi"),
    "per": msgid("dấu gạch chéo đọc là trên"),
    "percent": msgid("phần trăm"),
    "period": msgid("khoảng thời gian"),
    "phone": msgid("số điện thoại đọc từng chữ số"),
    "placed": msgid("cách đọc riêng của chỗ này"),
    "plate": msgid("biển số xe"),
    "product": msgid("kích thước"),
    "range": msgid("khoảng từ số này đến số kia"),
    "roman": msgid("số La Mã"),
    "row": msgid("khoảng giữa hai thứ cùng loại"),
    "score": msgid("tỷ số"),
    "standard": msgid("số hiệu tiêu chuẩn"),
    "symbol": msgid("ký hiệu"),
    "unit": msgid("đơn vị đo"),
    "weekday": msgid("thứ trong tuần, tháng"),
    "web": msgid("địa chỉ trang mạng, thư điện tử"),
    "word": msgid("tách khỏi chữ liền sau"),
}
_OTHERWISE = msgid("quy tắc đọc văn bản")


def why(rule: str) -> str:
    """Return the words for a rule, in the page's language."""
    told: str = gettext(RULES.get(rule, _OTHERWISE))
    return told
