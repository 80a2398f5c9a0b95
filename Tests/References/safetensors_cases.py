"""The hostile and odd files of the safetensors tests: `cases()` gives a name and the parts of each file.

A part is `{"text": …}` or `{"hex": …}`, either with `"times": n`; the file is the parts one after the other. Every
file but the ones about the length itself starts with the right header length, so that only what the name says is wrong.
"""

import struct

FLOAT = '"dtype":"F32","shape":[2],"data_offsets":[0,8]'
EMPTY = '"dtype":"F32","shape":[0],"data_offsets":[0,0]'


def text(value, times=1):
    return {"text": value} if times == 1 else {"text": value, "times": times}


def raw(value):
    return {"hex": value.hex()}


def size(part):
    one = len(part["text"].encode()) if "text" in part else len(part["hex"]) // 2
    return one * part.get("times", 1)


def file(*header, data=0, length=None):
    """A file of a header (strings or parts), `data` zero bytes or the bytes given, and a length that may lie."""
    parts = [text(part) if isinstance(part, str) else part for part in header]
    prefix = struct.pack("<Q", sum(map(size, parts)) if length is None else length)
    if isinstance(data, int):
        tail = [{"hex": "00", "times": data}] if data else []
    else:
        tail = [raw(data)]
    return [raw(prefix), *parts, *tail]


def tensor(dtype="F32", shape="[2]", offsets="[0,8]", data=8, more=""):
    return file('{"a":{"dtype":"%s","shape":%s,"data_offsets":%s%s}}' % (dtype, shape, offsets, more), data=data)


def pair(first, second, data):
    entry = '"%s":{"dtype":"F32","shape":[%d],"data_offsets":[%d,%d]}'
    return file("{" + entry % ("a", *first) + "," + entry % ("b", *second) + "}", data=data)


def cases():
    yield "hole", pair((1, 0, 4), (1, 8, 12), 12)
    yield "overlap", pair((2, 0, 8), (2, 4, 12), 12)
    yield "start after zero", tensor(offsets="[4,12]", data=12)
    yield "trailing bytes", tensor(data=9)
    yield "missing bytes", tensor(data=7)
    yield "negative dimension", tensor(shape="[-2]")
    yield "dimension minus zero", tensor(shape="[-0]", offsets="[0,0]", data=0)
    yield "fractional dimension", tensor(shape="[2.0]")
    yield "string dimension", tensor(shape='["2"]')
    yield "dimension 2^64", tensor(shape="[18446744073709551616]")
    yield "shape overflows", tensor(shape="[4611686018427387904,4611686018427387904,0]", offsets="[0,0]", data=0)
    yield "byte count overflows", tensor(shape="[4611686018427387905]", offsets="[0,4]", data=4)
    yield "shape is no array", tensor(shape="2")
    yield "one offset", tensor(offsets="[8]")
    yield "three offsets", tensor(offsets="[0,8,8]")
    yield "negative offset", tensor(offsets="[-8,0]", data=0)
    yield "end before begin", tensor(shape="[0]", offsets="[4,0]", data=4)
    yield "offset beyond the file", tensor(offsets="[0,4294967296]")
    yield "size differs from the shape", tensor(offsets="[0,12]", data=12)
    yield "unknown dtype", tensor(dtype="F31")
    yield "lower-case dtype", tensor(dtype="f32")
    yield "missing dtype", file('{"a":{"shape":[2],"data_offsets":[0,8]}}', data=8)
    yield "missing shape", file('{"a":{"dtype":"F32","data_offsets":[0,8]}}', data=8)
    yield "missing offsets", file('{"a":{"dtype":"F32","shape":[2]}}', data=8)
    yield "tensor is null", file('{"a":null}')
    yield "metadata with a number", file('{"__metadata__":{"k":1}}')
    yield "metadata with an object", file('{"__metadata__":{"k":{"n":"v"}}}')
    yield "header is an array", file("[]")
    yield "header is a string", file('"a"')
    yield "header length zero", file("", length=0)
    yield "header length over 100 MB", file("{}", length=100_000_001)
    yield "header length of all ones", file("{}", length=2**64 - 1)
    yield "header length beyond the file", file("{}", length=3)
    yield "header cut short", file('{"a":{' + FLOAT + "}}", data=8, length=20)
    yield "invalid UTF-8", file('{"', raw(b"\xc3\x28"), '":{' + EMPTY + "}}")
    yield "lone surrogate", file('{"\\ud800":{' + EMPTY + "}}")
    yield "nesting of 100,000", file('{"a":', text("[", 100_000), text("]", 100_000), "}")
    yield "comment", file('{/* a */"a":{' + EMPTY + "}}")
    yield "trailing comma in an object", file('{"a":{' + EMPTY + "},}")
    yield "trailing comma in an array", tensor(shape="[2,]")
    yield "byte order mark", file(raw(b"\xef\xbb\xbf"), '{"a":{' + EMPTY + "}}")
    yield "two documents", file("{}{}")
    yield "control character in a name", file('{"a', raw(b"\x01"), '":{' + EMPTY + "}}")
    yield "padding of NUL", file("{}", raw(b"\0" * 6))
    yield "three elements of four bits", tensor(dtype="F4", shape="[3]", offsets="[0,2]", data=2)
    yield "seven bytes", [raw(bytes(7))]
    yield "no bytes", []
    yield "number beyond a double", tensor(more=',"x":1e999')
    # The reference accepts the next ones; the rules of conventions.md, 8.1, do not.
    yield "leading space", file(' {"a":{' + EMPTY + "}}")
    yield "duplicate name", file('{"a":{' + EMPTY + '},"a":{' + EMPTY + "}}")
    yield "duplicate name with a hole", file(
        '{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]},"a":{' + FLOAT + "}}", data=8)
    yield "duplicate metadata key", file('{"__metadata__":{"k":"1","k":"2"}}')
    yield "names equal but for normalization", file('{"\u00e9":{' + EMPTY + '},"e\u0301":{' + EMPTY + "}}")
    yield "tensor as an array", file('{"a":["F32",[2],[0,8]]}', data=8)
    yield "nesting of 65", file('{"a":{' + EMPTY + ',"x":', text("[", 63), text("]", 63), "}}")
    # Both accept the rest.
    yield "nesting of 64", file('{"a":{' + EMPTY + ',"x":', text("[", 62), text("]", 62), "}}")
    yield "extra field", tensor(more=',"x":[1,{"y":null}]')
    yield "metadata null", file('{"__metadata__":null,"a":{' + FLOAT + "}}", data=8)
    yield "trailing newline", file("{}\n")
    yield "padding of spaces", file("{}      ")
    yield "white space between tokens", file('{\r\n\t"a" : {' + EMPTY + "} }")
    yield "empty name", file('{"":{' + EMPTY + "}}")
    yield "NUL in a name", file('{"a\\u0000b":{' + EMPTY + "}}")
    yield "name that climbs folders", file('{"../../etc/passwd":{' + EMPTY + "}}")
    yield "surrogate pair", file('{"\\ud83d\\ude00":{' + EMPTY + "}}")
    yield "bool of seven", tensor(dtype="BOOL", shape="[1]", offsets="[0,1]", data=b"\x07")
    yield "NaN data", tensor(data=struct.pack("<2f", float("nan"), 1))
    yield "no tensors", file("{}")
    yield "scalar", tensor(shape="[]", offsets="[0,4]", data=4)
    yield "dimension of zero", tensor(shape="[0,4611686018427387904,4611686018427387904]", offsets="[0,0]", data=0)
    yield "tensors out of order", pair((1, 4, 8), (1, 0, 4), 8)
    yield "empty tensor between two", file(
        '{"a":{' + FLOAT + '},"b":{"dtype":"U8","shape":[0],"data_offsets":[8,8]},'
        '"c":{"dtype":"U8","shape":[1],"data_offsets":[8,9]}}', data=9)
    yield "unaligned tensor", file(
        '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F64","shape":[1],"data_offsets":[1,9]}}',
        data=9)
