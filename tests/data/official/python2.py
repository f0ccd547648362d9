"""Pickles as Python 2 wrote them, protocol 2, byte for byte as in the official CIFAR files."""

import struct

import numpy as np


def pickle_of(value):
    return b"\x80\x02" + _Pickler().write(value) + b"."


class _Pickler:
    def __init__(self):
        self.kept = 0

    def put(self):
        self.kept += 1
        return b"q" + bytes([self.kept]) if self.kept < 256 else b"r" + struct.pack("<I", self.kept)

    def write(self, value):
        match value:
            case None:
                return b"N"
            case bool():
                return b"\x88" if value else b"\x89"
            case int():
                if 0 <= value < 256:
                    return b"K" + bytes([value])
                return (
                    b"M" + struct.pack("<H", value) if 0 <= value < 65536 else b"J" + struct.pack("<i", value)
                )
            case float():
                return b"G" + struct.pack(">d", value)
            case str():
                content = value.encode()
                return b"X" + struct.pack("<I", len(content)) + content + self.put()
            case bytes():
                short = len(value) < 256
                head = b"U" + bytes([len(value)]) if short else b"T" + struct.pack("<i", len(value))
                return head + value + self.put()
            case tuple():
                ends = {1: b"\x85", 2: b"\x86", 3: b"\x87"}
                start = b"" if len(value) in ends else b"("
                return start + b"".join(map(self.write, value)) + ends.get(len(value), b"t") + self.put()
            case list():
                return b"]" + self.put() + b"(" + b"".join(map(self.write, value)) + b"e"
            case dict():
                start = b"}" + self.put() + b"("
                return start + b"".join(self.write(k) + self.write(v) for k, v in value.items()) + b"u"
            case np.ndarray():
                return self.array(value)
        raise TypeError(value)

    def name(self, module, attribute):
        return b"c" + module + b"\n" + attribute + b"\n" + self.put()

    def array(self, value):
        made = self.name(b"numpy.core.multiarray", b"_reconstruct") + self.name(b"numpy", b"ndarray")
        made += b"K\x00\x85" + self.put() + b"U\x01b" + self.put() + b"\x87" + self.put() + b"R" + self.put()
        code = f"{value.dtype.kind}{value.dtype.itemsize}".encode()
        kind = (
            self.name(b"numpy", b"dtype")
            + self.write(code)
            + b"K\x00K\x01\x87"
            + self.put()
            + b"R"
            + self.put()
        )
        order = b"|" if value.dtype.itemsize == 1 else b"<"
        kind += (
            b"(K\x03" + self.write(order) + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00t" + self.put() + b"b"
        )
        fortran = value.flags.f_contiguous and not value.flags.c_contiguous
        state = b"(K\x01" + self.write(value.shape) + kind + (b"\x88" if fortran else b"\x89")
        return made + state + self.write(value.tobytes("F" if fortran else "C")) + b"t" + self.put() + b"b"
