"""Which text encoding a file is in: byte order mark, UTF-8, then Chinese encodings by how common the characters are."""

from __future__ import annotations

import codecs

from charset_normalizer import from_bytes

from geo.errors import FormatError, say

SAMPLE_BYTES = 1 << 20
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
COMMON = set(
    "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学"
    "法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前"
    "外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系"
    "军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见"
    "计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处府市县镇乡村街号幢楼室东南北京州海江浙省名称编码地址时间"
    "類別網格號層級姓電話報處結實單國體們來個時會為這學對發動產種過當應開還與關區東門長線數點業務現場無從後問題經營縣鄉鎮"
    "简体繁體中文语語汉漢字网格微户户数类型经度纬度"
)
CHINESE = ("gb18030", "big5")
EVERYDAY = {"gb18030": ("gb2312", 0xB0, 0xD7), "big5": ("big5", 0xA4, 0xC6)}
WIDE = ["utf_16", "utf_16_be", "utf_16_le", "utf_32", "utf_32_be", "utf_32_le", "utf_7"]
ALIASES = {"gbk": "gb18030", "gb2312": "gb18030", "cp936": "gb18030", "936": "gb18030", "big-5": "big5", "950": "big5"}
ALIASES |= {"koi8r": "koi8-r", "euc-kr": "cp949", "cp949": "cp949", "shiftjis": "cp932", "shift_jis": "cp932"}


def canonical_encoding(name: str) -> str:
    """
    Return Python's name of an encoding as people write it; GBK and GB2312 are read as their superset GB18030.

    Examples
    --------
    >>> canonical_encoding("GBK"), canonical_encoding("UTF8")
    ('gb18030', 'utf-8')
    """
    wanted = ALIASES.get(name.strip().lower(), name.strip().lower())
    try:
        return codecs.lookup(wanted).name
    except LookupError:
        raise FormatError(
            say("the name of a text encoding, such as UTF-8, GBK or Big5"),
            say("{name}", name=name),
            say("leave it out: the encoding is found from the text"),
        ) from None


def detect_encoding(content: bytes) -> str:
    """
    Return the encoding of `content`: its mark, UTF-8 if it is valid, else the Chinese one that reads most naturally.

    Natural means the larger share of common characters among those that are not ASCII. Where few of them are so
    common, bytes that are wholly everyday characters of GB 2312 or Big5 (their first level, ordered by use) are
    taken as those; the rest is left to charset-normalizer. UTF-16 without its mark needs a zero byte to be thought of.

    Examples
    --------
    >>> detect_encoding("名称,地址".encode("gbk")), detect_encoding("名稱,地址".encode("big5"))
    ('gb18030', 'big5')
    >>> detect_encoding("id,name\\n01,甲".encode("gbk"))
    'gb18030'
    >>> detect_encoding(b"a,b"), detect_encoding("网格".encode())
    ('utf-8', 'utf-8')
    """
    for mark, name in MARKS:
        if content.startswith(mark):
            return name
    if is_text_in(content, "utf-8"):
        return "utf-8"
    sample = content[:SAMPLE_BYTES]
    scores = {name: naturalness(sample, name) for name in CHINESE}
    best = max(CHINESE, key=lambda name: scores[name])
    if scores[best] >= 0.2:
        return best
    for name in CHINESE:
        if is_everyday(sample, name):
            return name
    guess = from_bytes(sample[: 1 << 16], cp_exclusion=[] if b"\0" in sample else WIDE).best()
    if guess is not None:
        return codecs.lookup(guess.encoding).name
    return best if scores[best] > 0 else "latin-1"


def is_text_in(content: bytes, encoding: str) -> bool:
    """Return whether every byte of `content` is text in `encoding`."""
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def naturalness(sample: bytes, encoding: str) -> float:
    """Return the share of common Chinese characters among the non-ASCII ones; -1 if the bytes are not `encoding`."""
    text = sample.decode(encoding, errors="replace")
    foreign = [character for character in text if ord(character) > 127]
    if not foreign or text.count("�") > 2 + len(text) // 1000:
        return -1.0
    return sum(character in COMMON for character in foreign) / len(foreign)


def is_everyday(sample: bytes, encoding: str) -> bool:
    """
    Return whether every non-ASCII character of `sample` is a first-level character of the Chinese `encoding`.

    Examples
    --------
    >>> is_everyday("01,甲".encode("gbk"), "gb18030"), is_everyday("Montréal".encode("latin-1"), "gb18030")
    (True, False)
    """
    codec, first, last = EVERYDAY[encoding]
    try:
        foreign = [character for character in sample.decode(codec) if ord(character) > 127]
    except UnicodeDecodeError:
        return False
    return bool(foreign) and all(first <= character.encode(codec)[0] <= last for character in foreign)


def decode_text(content: bytes, encoding: str | None) -> tuple[str, str]:
    """
    Return the text of a file and its encoding; `encoding` given by a person is taken at its word.

    Raises
    ------
    FormatError
        If the bytes are not text in that encoding.
    """
    name = canonical_encoding(encoding) if encoding else detect_encoding(content)
    try:
        return content.decode(name).removeprefix("\ufeff"), name.removesuffix("-sig")
    except UnicodeDecodeError as error:
        raise FormatError(
            say("text in {encoding}", encoding=name),
            say("bytes at position {position} that are not", position=error.start),
            say("name the right encoding, or save the file as UTF-8"),
        ) from None
