"""The codes in document numbers: kinds of documents and who issues them."""

from __future__ import annotations

KINDS = {
    "QĐ": "quyết định", "KH": "kế hoạch", "NQ": "nghị quyết", "CT": "chỉ thị", "TB": "thông báo",
    "BC": "báo cáo", "TTr": "tờ trình", "TTR": "tờ trình", "CV": "công văn", "HD": "hướng dẫn",
    "QC": "quy chế", "QyĐ": "quy định", "QĐi": "quy định", "CTr": "chương trình", "CTR": "chương trình",
    "CTHĐ": "chương trình hành động", "ĐA": "đề án", "PA": "phương án", "GM": "giấy mời",
    "TT": "thông tư", "NĐ": "nghị định", "TTLT": "thông tư liên tịch", "PL": "pháp lệnh",
    "VBHN": "văn bản hợp nhất", "CĐ": "công điện", "KL": "kết luận", "BB": "biên bản", "HĐ": "hợp đồng",
    "L": "luật", "TL": "thể lệ", "KHLT": "kế hoạch liên tịch", "GP": "giấy phép", "LT": "liên tịch",
    "QCPH": "quy chế phối hợp", "CTPH": "chương trình phối hợp", "TCĐ": "thông cáo", "TM": "thư mời",
    "KHPH": "kế hoạch phối hợp", "NQLT": "nghị quyết liên tịch",
    "GPXD": "giấy phép xây dựng", "GPMT": "giấy phép môi trường",
    "HDLN": "hướng dẫn liên ngành", "KHLN": "kế hoạch liên ngành",
}  # fmt: skip
_BODIES = {
    "BTG": "Ban Tuyên giáo", "BTC": "Ban Tổ chức", "BDV": "Ban Dân vận", "BNC": "Ban Nội chính",
    "VP": "Văn phòng", "UBKT": "Ủy ban Kiểm tra", "BTGDV": "Ban Tuyên giáo và Dân vận",
    "BXDĐ": "Ban Xây dựng Đảng", "BKT": "Ban Kinh tế", "BTV": "Ban Thường vụ", "BCĐ": "Ban Chỉ đạo",
}  # fmt: skip
_LEVELS = {
    "TU": "Thành ủy", "QU": "Quận ủy", "HU": "Huyện ủy", "ĐU": "Đảng ủy", "TW": "Trung ương",
    "TƯ": "Trung ương",
}  # fmt: skip
_COMPOSED = {
    body + level: f"{words} {of_level}"
    for body, words in _BODIES.items()
    for level, of_level in _LEVELS.items()
}
ISSUERS = _COMPOSED | {
    "UBND": "Ủy ban nhân dân", "HĐND": "Hội đồng nhân dân", "HDND": "Hội đồng nhân dân",
    "CP": "Chính phủ", "TTg": "Thủ tướng Chính phủ", "TTG": "Thủ tướng Chính phủ", "TU": "Thành ủy",
    "QU": "Quận ủy", "HU": "Huyện ủy", "ĐU": "Đảng ủy", "TW": "Trung ương", "TƯ": "Trung ương",
    "BTGTU": "Ban Tuyên giáo Thành ủy", "BTGQU": "Ban Tuyên giáo Quận ủy",
    "BTGTW": "Ban Tuyên giáo Trung ương", "BTCTU": "Ban Tổ chức Thành ủy",
    "BDVTU": "Ban Dân vận Thành ủy", "BTG": "Ban Tuyên giáo", "BTC": "Bộ Tài chính", "BYT": "Bộ Y tế",
    "BGDĐT": "Bộ Giáo dục và Đào tạo", "BGD&ĐT": "Bộ Giáo dục và Đào tạo", "BNV": "Bộ Nội vụ",
    "BCA": "Bộ Công an", "BQP": "Bộ Quốc phòng", "BTTTT": "Bộ Thông tin và Truyền thông",
    "BTP": "Bộ Tư pháp", "BXD": "Bộ Xây dựng", "BVHTTDL": "Bộ Văn hóa, Thể thao và Du lịch",
    "BTNMT": "Bộ Tài nguyên và Môi trường", "BLĐTBXH": "Bộ Lao động, Thương binh và Xã hội",
    "BGTVT": "Bộ Giao thông vận tải", "BNNPTNT": "Bộ Nông nghiệp và Phát triển nông thôn",
    "BKHCN": "Bộ Khoa học và Công nghệ", "BKHĐT": "Bộ Kế hoạch và Đầu tư",
    "BNNMT": "Bộ Nông nghiệp và Môi trường", "NHNN": "Ngân hàng Nhà nước", "VPCP": "Văn phòng Chính phủ",
    "UBTVQH": "Ủy ban Thường vụ Quốc hội khóa", "QH": "Quốc hội khóa", "BCĐ": "Ban Chỉ đạo",
    "MTTQ": "Mặt trận Tổ quốc", "BTT": "Ban Thường trực", "SYT": "Sở Y tế", "CTN": "Chủ tịch nước",
    "SGDĐT": "Sở Giáo dục và Đào tạo", "STC": "Sở Tài chính", "SXD": "Sở Xây dựng", "SNV": "Sở Nội vụ",
    "VP": "Văn phòng", "CAP": "Công an phường", "CAQ": "Công an quận", "CATP": "Công an thành phố",
    "CAHN": "Công an Hà Nội",
    "TYT": "Trạm Y tế", "TTYT": "Trung tâm Y tế", "STNMT": "Sở Tài nguyên và Môi trường",
    "SNNMT": "Sở Nông nghiệp và Môi trường", "SVHTT": "Sở Văn hóa và Thể thao", "STP": "Sở Tư pháp",
    "SVHTTDL": "Sở Văn hóa, Thể thao và Du lịch", "SGTVT": "Sở Giao thông vận tải",
    "SLĐTBXH": "Sở Lao động, Thương binh và Xã hội", "SCT": "Sở Công Thương", "BCT": "Bộ Công Thương",
    "SKHĐT": "Sở Kế hoạch và Đầu tư", "STTTT": "Sở Thông tin và Truyền thông", "BNG": "Bộ Ngoại giao",
    "SKHCN": "Sở Khoa học và Công nghệ", "TTCP": "Thanh tra Chính phủ",
    "KTNN": "Kiểm toán Nhà nước", "TANDTC": "Tòa án nhân dân tối cao",
    "VKSNDTC": "Viện kiểm sát nhân dân tối cao", "TLĐ": "Tổng Liên đoàn Lao động",
    "LĐLĐ": "Liên đoàn Lao động",
    "BHXH": "Bảo hiểm xã hội", "KBNN": "Kho bạc Nhà nước", "CCT": "Chi cục Thuế", "TCT": "Tổng cục Thuế",
    "ĐTN": "Đoàn Thanh niên", "HPN": "Hội Phụ nữ", "LHPN": "Hội Liên hiệp Phụ nữ", "HND": "Hội Nông dân",
    "HCCB": "Hội Cựu chiến binh", "CCB": "Hội Cựu chiến binh", "HNCT": "Hội Người cao tuổi",
    "HKH": "Hội Khuyến học", "CTĐ": "Hội Chữ thập đỏ", "HCTĐ": "Hội Chữ thập đỏ", "CAX": "Công an xã",
    "BCHQS": "Ban Chỉ huy Quân sự", "HĐNVQS": "Hội đồng nghĩa vụ quân sự", "BQL": "Ban quản lý",
    "MTTQVN": "Mặt trận Tổ quốc Việt Nam", "UBMTTQ": "Ủy ban Mặt trận Tổ quốc", "UBBC": "Ủy ban bầu cử",
    "HĐBC": "Hội đồng bầu cử", "ĐĐBQH": "Đoàn đại biểu Quốc hội", "UBDT": "Ủy ban Dân tộc",
    "CTUBND": "Chủ tịch Ủy ban nhân dân", "HLHPN": "Hội Liên hiệp Phụ nữ", "HĐTS": "Hội đồng tuyển sinh",
    "ĐCTUBTWMTTQVN": "Đoàn Chủ tịch Ủy ban Trung ương Mặt trận Tổ quốc Việt Nam",
    "BDTTG": "Bộ Dân tộc và Tôn giáo", "BCN": "Ban Chủ nhiệm",
    "BCH": "Ban Chấp hành", "BTV": "Ban Thường vụ", "UBKT": "Ủy ban Kiểm tra",
}  # fmt: skip
