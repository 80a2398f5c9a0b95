import AttuneCore
import Testing

/// Hostile and odd files, each with what we say to it; `Tests/References/safetensors_cases.py` makes them.
@Suite struct SafetensorsCasesTests {
  /// What the reference accepts and we do not: the list of `SafetensorsFile`'s documentation.
  static let stricter: Set<String> = [
    "leading space", "duplicate name", "duplicate name with a hole", "duplicate metadata key",
    "names equal but for normalization", "tensor as an array", "nesting of 65",
  ]

  static let accepted: [String] = [
    "nesting of 64", "extra field", "metadata null", "trailing newline", "padding of spaces",
    "white space between tokens", "empty name", "NUL in a name", "name that climbs folders", "surrogate pair",
    "bool of seven", "NaN data", "no tensors", "scalar", "dimension of zero", "tensors out of order",
    "empty tensor between two", "unaligned tensor",
  ]

  static let rejected: [(name: String, text: String)] = [
    ("hole", malformed(#"tensor "b": it begins at 8 and leaves a hole after the data before it, which ends at 4"#)),
    ("overlap", malformed(#"tensor "b": it begins at 4 and overlaps the data before it, which ends at 8"#)),
    (
      "start after zero",
      malformed(#"tensor "a": it begins at 4 and leaves a hole after the data before it, which ends at 0"#)
    ),
    ("trailing bytes", damaged("the tensors take 8 bytes, but the file has 9 after its header")),
    ("missing bytes", damaged("the tensors take 8 bytes, but the file has 7 after its header")),
    (
      "negative dimension",
      malformed(#"tensor "a": its shape contains the number -2, not an integer from 0 to 2^63 − 1"#)
    ),
    (
      "dimension minus zero",
      malformed(#"tensor "a": its shape contains the number -0, not an integer from 0 to 2^63 − 1"#)
    ),
    (
      "fractional dimension",
      malformed(#"tensor "a": its shape contains the number 2.0, not an integer from 0 to 2^63 − 1"#)
    ),
    ("string dimension", malformed(#"tensor "a": its shape contains a string, not an integer from 0 to 2^63 − 1"#)),
    (
      "dimension 2^64",
      malformed(#"tensor "a": its shape contains the number 18446744073709551616, not an integer from 0 to 2^63 − 1"#)
    ),
    (
      "shape overflows",
      malformed(
        #"tensor "a": F32 elements of shape [4611686018427387904, 4611686018427387904, 0]"#
          + " fill no whole number of bytes that can be counted")
    ),
    (
      "byte count overflows",
      malformed(
        #"tensor "a": F32 elements of shape [4611686018427387905] fill no whole number of bytes that can be counted"#)
    ),
    ("shape is no array", malformed(#"tensor "a": its shape is the number 2, not an array"#)),
    ("one offset", malformed(#"tensor "a": its data_offsets hold 1 entries, not 2"#)),
    ("three offsets", malformed(#"tensor "a": its data_offsets hold 3 entries, not 2"#)),
    (
      "negative offset",
      malformed(#"tensor "a": its data_offsets contains the number -8, not an integer from 0 to 2^63 − 1"#)
    ),
    (
      "end before begin",
      malformed(#"tensor "a": its data_offsets [4, 0] span -4 bytes, but F32 elements of shape [0] fill 0"#)
    ),
    (
      "offset beyond the file",
      malformed(
        #"tensor "a": its data_offsets [0, 4294967296] span 4294967296 bytes, but F32 elements of shape [2] fill 8"#)
    ),
    (
      "size differs from the shape",
      malformed(#"tensor "a": its data_offsets [0, 12] span 12 bytes, but F32 elements of shape [2] fill 8"#)
    ),
    ("unknown dtype", #"tensor "a": unknown dtype "F31"; save it as F32, F64, F16 or BF16"#),
    ("lower-case dtype", #"tensor "a": unknown dtype "f32"; save it as F32, F64, F16 or BF16"#),
    ("missing dtype", malformed(#"tensor "a": its entry has no dtype"#)),
    ("missing shape", malformed(#"tensor "a": its entry has no shape"#)),
    ("missing offsets", malformed(#"tensor "a": its entry has no data_offsets"#)),
    ("tensor is null", malformed(#"tensor "a": its entry is null, not an object"#)),
    ("metadata with a number", malformed(#""k" in its __metadata__ is the number 1, not a string"#)),
    ("metadata with an object", malformed(#""k" in its __metadata__ is an object, not a string"#)),
    ("header is an array", malformed("byte 8: the header is an array, not an object")),
    ("header is a string", malformed("byte 8: the header is a string, not an object")),
    ("header length zero", malformed("byte 8: in the header: the end where a value should stand")),
    ("header length over 100 MB", damaged("byte 0: a header of 100000001 bytes in a file that has 2 after its length")),
    (
      "header length of all ones",
      damaged("byte 0: a header of 18446744073709551615 bytes in a file that has 2 after its length")
    ),
    ("header length beyond the file", damaged("byte 0: a header of 3 bytes in a file that has 2 after its length")),
    ("header cut short", malformed("byte 28: in the header: the end where a key in quotes should stand after ','")),
    ("invalid UTF-8", malformed("byte 10: in the header: a UTF-8 character that is not complete")),
    ("lone surrogate", malformed("byte 10: in the header: half of a surrogate pair")),
    ("nesting of 100,000", malformed("byte 76: in the header: more than 64 arrays and objects inside one another")),
    ("comment", malformed("byte 9: in the header: '/' where a key in quotes should stand after '{'")),
    ("trailing comma in an object", malformed("byte 61: in the header: a comma after the last element")),
    ("trailing comma in an array", malformed("byte 38: in the header: a comma after the last element")),
    ("byte order mark", malformed("byte 8: in the header: a byte order mark; save the text as UTF-8 without one")),
    (
      "two documents",
      malformed("byte 10: in the header: '{' after the end of the value; there must be one value only")
    ),
    (
      "control character in a name",
      malformed("byte 11: in the header: the control character byte 0x01 in a string; write it as an escape")
    ),
    (
      "padding of NUL",
      malformed("byte 10: in the header: byte 0x00 after the end of the value; there must be one value only")
    ),
    (
      "three elements of four bits",
      malformed(#"tensor "a": F4 elements of shape [3] fill no whole number of bytes that can be counted"#)
    ),
    ("seven bytes", damaged("7 bytes are too few for a safetensors file")),
    ("no bytes", damaged("0 bytes are too few for a safetensors file")),
    ("number beyond a double", malformed("byte 65: in the header: a number beyond the range of a double")),
    ("leading space", malformed("byte 8: in the header: white space before the value")),
    ("duplicate name", malformed(#"byte 62: in the header: the key "a" stands twice in one object"#)),
    ("duplicate name with a hole", malformed(#"byte 62: in the header: the key "a" stands twice in one object"#)),
    ("duplicate metadata key", malformed(#"byte 33: in the header: the key "k" stands twice in one object"#)),
    (
      "names equal but for normalization",
      malformed(#"byte 63: in the header: the key "é" stands twice in one object"#)
    ),
    ("tensor as an array", malformed(#"tensor "a": its entry is an array, not an object"#)),
    ("nesting of 65", malformed("byte 127: in the header: more than 64 arrays and objects inside one another")),
  ]

  @Test(arguments: accepted) func `is accepted`(name: String) throws {
    let found = try #require(try SafetensorsFixtures.cases().first { $0.name == name })
    #expect(throws: Never.self) { try SafetensorsFile(bytes: found.bytes) }
  }

  @Test(arguments: rejected) func `is rejected with its reason`(name: String, text: String) throws {
    let found = try #require(try SafetensorsFixtures.cases().first { $0.name == name })
    let error = #expect(throws: ModelFileError.self) { try SafetensorsFile(bytes: found.bytes) }
    #expect(error?.description == text)
  }

  @Test func `every case of the reference is in one of the tables`() throws {
    let names = try SafetensorsFixtures.cases().map(\.name)
    #expect(names.count == Set(names).count)
    #expect(Set(names) == Set(Self.accepted).union(Self.rejected.map(\.name)))
  }

  @Test func `our verdict is the reference's but for the stricter cases`() throws {
    for found in try SafetensorsFixtures.cases() {
      let accepts = (try? SafetensorsFile(bytes: found.bytes)) != nil
      #expect(accepts == (found.referenceAccepts && !Self.stricter.contains(found.name)), "\(found.name)")
      if Self.stricter.contains(found.name) { #expect(found.referenceAccepts, "\(found.name)") }
    }
  }

  private static func damaged(_ what: String) -> String {
    what + "; if it is a safetensors file, it is damaged or cut short: fetch or save it again"
  }

  private static func malformed(_ what: String) -> String {
    what + "; save the file again with a current safetensors library"
  }
}
