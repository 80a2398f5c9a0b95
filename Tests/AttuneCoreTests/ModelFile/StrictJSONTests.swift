import AttuneCore
import Testing

@Suite struct StrictJSONTests {
  @Test func `values of every kind come out as they stand in the text`() throws {
    let text = #" { "b" : [ 1 , -2.50e+3 , true , false , null , "x" ] , "a" : { } , "" : [ ] } "#
    let object = try #require(try StrictJSON.parse(text).asObject)
    #expect(object.keys == ["b", "a", ""])
    let elements = try #require(object["b"]?.asArray)
    #expect(elements.count == 6)
    #expect(elements[0].asInt == 1)
    #expect(elements[1].asDouble == -2500)
    #expect(Array(elements[2...]) == [.bool(true), .bool(false), .null, .string("x")])
    #expect(object["a"] == .object([:]))
    #expect(object[""] == .array([]))
    #expect(object["c"] == nil)
  }

  @Test(arguments: [
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u20AC\ud83d\ude00""#, "Aé€😀"),
    ("\"é€😀\u{10FFFF}\u{FFFF}\"", "é€😀\u{10FFFF}\u{FFFF}"), (#""\u0000""#, "\0"), (#""""#, ""),
  ])
  func `a string loses its escapes`(text: String, expected: String) throws {
    #expect(try StrictJSON.parse(text) == .string(expected))
  }

  @Test(arguments: [
    ("0", 0), ("-1", -1), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
    ("9223372036854775808", nil), ("1.0", nil), ("1e2", nil), ("-0", nil),
  ])
  func `only what is written as an integer and fits is one`(text: String, expected: Int?) throws {
    #expect(try StrictJSON.parse(text).asInt == expected)
  }

  @Test(arguments: [
    ("0.1", 0.1), ("-0", -0.0), ("1.7976931348623157e308", .greatestFiniteMagnitude),
    ("5e-324", .leastNonzeroMagnitude), ("1e-400", 0), ("9007199254740993", 9_007_199_254_740_992), ("1E+2", 100),
  ])
  func `a number is the nearest double`(text: String, expected: Double) throws {
    #expect(try StrictJSON.parse(text).asDouble?.bitPattern == expected.bitPattern)
  }

  static let rejected: [(text: String, offset: Int, what: String)] = [
    ("", 0, "the end where a value should stand"),
    ("   ", 3, "the end where a value should stand"),
    ("[1,]", 2, "a comma after the last element"),
    (#"{"a":1 , }"#, 7, "a comma after the last element"),
    ("[,1]", 1, "',' where a value should stand"),
    ("[1 2]", 3, "'2' where ',' or ']' should stand"),
    (#"{"a":1 "b":2}"#, 7, "'\"' where ',' or '}' should stand"),
    (#"{"a" 1}"#, 5, "'1' where ':' should stand after a key"),
    ("{a:1}", 1, "'a' where a key in quotes should stand after '{'"),
    (#"{"a":1,2:3}"#, 7, "'2' where a key in quotes should stand after ','"),
    ("[1}", 2, "'}' where ',' or ']' should stand"),
    ("[", 1, "the end where a value should stand"),
    (#"{"a":1"#, 6, "the end where ',' or '}' should stand"),
    ("/* c */ 1", 0, "'/' where a value should stand; JSON has no comments"),
    ("1 // c", 2, "'/' after the end of the value; there must be one value only"),
    ("1 2", 2, "'2' after the end of the value; there must be one value only"),
    ("1\0", 1, "byte 0x00 after the end of the value; there must be one value only"),
    ("\u{FEFF}1", 0, "a byte order mark; save the text as UTF-8 without one"),
    (#"{"k":1,"j":2,"k":3}"#, 13, #"the key "k" stands twice in one object"#),
    (#"{"k":1,"\u006b":3}"#, 7, #"the key "k" stands twice in one object"#),
    (#"{"a\n":1,"a\n":3}"#, 9, #"the key "a\n" stands twice in one object"#),
    ("01", 1, "a digit after a leading zero"),
    ("-", 1, "the end where a digit should stand"),
    ("+1", 0, "'+' where a value should stand"),
    (".5", 0, "'.' where a value should stand"),
    ("1.", 2, "the end where a digit should stand"),
    ("1.e5", 2, "'e' where a digit should stand"),
    ("1e", 2, "the end where a digit should stand"),
    ("0x10", 1, "'x' after the end of the value; there must be one value only"),
    ("[1e309]", 1, "a number beyond the range of a double"),
    ("NaN", 0, "'N' where a value should stand"),
    ("Infinity", 0, "'I' where a value should stand"),
    ("tru", 0, "'t' where a value should stand"),
    ("nulll", 4, "'l' after the end of the value; there must be one value only"),
    (#""abc"#, 0, "a string without its closing quote"),
    (#""\"#, 2, "the end after a backslash"),
    (#""\x41""#, 1, "an escape that JSON does not have"),
    (#""\u12g4""#, 5, "'g' where a hexadecimal digit should stand"),
    (#""\ud800""#, 1, "half of a surrogate pair"),
    (#""\ud800\n""#, 1, "half of a surrogate pair"),
    (#""\ud800\u0041""#, 1, "half of a surrogate pair"),
    (#""\udc00\ud800""#, 1, "half of a surrogate pair"),
    ("\"a\nb\"", 2, "the control character byte 0x0A in a string; write it as an escape"),
    ("'a'", 0, "''' where a value should stand"),
  ]

  @Test(arguments: rejected)
  func `what lenient readers let pass is refused with its offset`(text: String, offset: Int, what: String) {
    let error = #expect(throws: JSONError.self) { try StrictJSON.parse(text) }
    #expect(error?.offset == offset)
    #expect(error?.what == what)
  }

  @Test(arguments: [
    ([0x80], 1), ([0xC0, 0x80], 1), ([0xC1, 0xBF], 1), ([0xE0, 0x9F, 0xBF], 1), ([0xED, 0xA0, 0x80], 1),
    ([0xF0, 0x8F, 0xBF, 0xBF], 1), ([0xF4, 0x90, 0x80, 0x80], 1), ([0xF5, 0x80, 0x80, 0x80], 1), ([0x41, 0xFF], 2),
    ([0xE2, 0x82], 1), ([0xE2, 0x28, 0xA1], 1), ([0xC3, 0xA9, 0xC3], 3),
  ])
  func `invalid UTF-8 is refused at its first byte`(contents: [UInt8], offset: Int) {
    let error = #expect(throws: JSONError.self) { try StrictJSON.parse([0x22] + contents + [0x22]) }
    #expect(error?.offset == offset)
    // The standard library agrees that this is not UTF-8.
    #expect(String(validating: contents, as: UTF8.self) == nil)
  }

  @Test func `white space before the value can be refused`() throws {
    #expect(try StrictJSON.parse(Array(" 1".utf8)) == StrictJSON.parse("1"))
    let error = #expect(throws: JSONError.self) {
      try StrictJSON.parse(Array(" 1".utf8), allowsLeadingWhitespace: false)
    }
    #expect(error?.description == "byte 0: white space before the value")
    #expect(try StrictJSON.parse(Array("1 \n".utf8), allowsLeadingWhitespace: false).asInt == 1)
  }

  @Test func `64 levels are read and 65 are not`() throws {
    func nested(_ depth: Int) -> String {
      String(repeating: #"{"a":["#, count: depth / 2) + (depth % 2 == 1 ? "[]" : "0")
        + String(repeating: "]}", count: depth / 2)
    }
    #expect(throws: Never.self) { try StrictJSON.parse(nested(64)) }
    let error = #expect(throws: JSONError.self) { try StrictJSON.parse(nested(65)) }
    #expect(error?.description == "byte 192: more than 64 arrays and objects inside one another")
    #expect(throws: JSONError.self) { try StrictJSON.parse(String(repeating: "[", count: 1_000_000)) }
  }

  @Test(arguments: [
    #"{"b":[1,2.50,-3e7],"a":{"x":null,"y":[true,false,[],{}]},"":""}"#, #""\"\\\b\t\n\f\r\u0000\u001f/é😀""#,
    #"[1e-7,0.1]"#,
  ])
  func `compact text is written as it was read`(text: String) throws {
    #expect(try StrictJSON.parse(text).text == text)
  }

  @Test func `an object keeps the order of its keys and forgets removed ones`() {
    var object: JSONObject = ["b": .null, "a": .bool(true)]
    object["c"] = .number(JSONNumber(0.5))
    object["b"] = .number(JSONNumber(-7))
    object["a"] = nil
    object["z"] = nil
    #expect(object.keys == ["b", "c"])
    #expect(JSONValue.object(object).text == #"{"b":-7,"c":0.5}"#)
  }

  @Test func `long and odd names are cut and escaped in messages`() {
    let name = "\u{1B}[31m" + String(repeating: "x", count: 500_000)
    let text = JSONValue.string(name).text
    let error = #expect(throws: JSONError.self) { try StrictJSON.parse("{\(text):1,\(text):2}") }
    let shown = #""\u001b[31m"# + String(repeating: "x", count: 55) + "\"…"
    #expect(error?.what == "the key \(shown) stands twice in one object")
  }
}
