import AttuneExperiments
import Testing

/// The traps of YAML 1.1 and of lenient decoders, each with the whole text that a user sees.
@Suite struct YAMLTrapTests {
  @Test(arguments: [
    ("yes", "write true"), ("on", "write true"), ("Y", "write true"), ("no", "write false"), ("OFF", "write false"),
  ])
  func `yes and no are not booleans`(word: String, cure: String) {
    #expect(
      errorText { try decode(Values.self, "flag: \(word)") }
        == "x.yaml:1:7: flag: expected true or false, found '\(word)'; \(cure)")
  }

  @Test(arguments: ["true", "True", "TRUE"]) func `three spellings are true`(word: String) throws {
    #expect(try decode(Values.self, "flag: \(word)").flag == true)
  }

  @Test(arguments: ["false", "False", "FALSE"]) func `three spellings are false`(word: String) throws {
    #expect(try decode(Values.self, "flag: \(word)").flag == false)
  }

  @Test func `a mixed spelling of true is refused`() {
    #expect(
      errorText { try decode(Values.self, "flag: tRue") }
        == "x.yaml:1:7: flag: expected true or false, found 'tRue'; write true")
  }

  @Test func `a quoted boolean is a string`() {
    #expect(
      errorText { try decode(Values.self, "flag: 'true'") }
        == "x.yaml:1:7: flag: expected true or false, found the string 'true'; write true without quotes")
  }

  @Test func `no is a string where a string is wanted`() throws {
    #expect(try decode(Values.self, "text: no").text == "no")
  }

  @Test(arguments: [
    ("012", 12), ("+7", 7), ("-0", 0), ("1_000", 1000), ("0x1F", 31), ("0o17", 15), ("1e3", 1000), ("1.50e1", 15),
    ("2.0", 2), ("1200e-2", 12), ("9223372036854775807", Int.max), ("-9223372036854775808", Int.min),
    ("9007199254740993.0", 9_007_199_254_740_993), ("0e999999999999999999999", 0),
  ])
  func `an integer is decimal unless marked`(text: String, value: Int) throws {
    #expect(try decode(Values.self, "count: \(text)").count == value)
  }

  @Test(arguments: [
    "ten", "1.5", "1:30", "2020-01-01", "1__0", "_1", "1_", "0x", "0xg", "0o8", "-0x1", "1e", "e3", ".", "+", "1e-1",
    "1_0.0", "１",
  ])
  func `what is no whole number is no integer`(text: String) {
    #expect(
      errorText { try decode(Values.self, "count: \(text)") }
        == "x.yaml:1:8: count: expected an integer, found '\(text)'")
  }

  @Test(arguments: ["9223372036854775808", "1e19", "1e999999999", "0xffffffffffffffff"])
  func `an integer that does not fit names the bounds`(text: String) {
    #expect(
      errorText { try decode(Values.self, "count: \(text)") }
        == "x.yaml:1:8: count: expected an integer, found '\(text)', "
        + "which is outside -9223372036854775808...9223372036854775807")
  }

  @Test func `small and unsigned integers have their own bounds`() {
    #expect(
      errorText { try decode(Values.self, "small: 128") }
        == "x.yaml:1:8: small: expected an integer, found '128', which is outside -128...127")
    #expect(
      errorText { try decode(Values.self, "size: -1") }
        == "x.yaml:1:7: size: expected an integer, found '-1', which is outside 0...18446744073709551615")
  }

  @Test func `a quoted number is a string`() {
    #expect(
      errorText { try decode(Values.self, "count: '3'") }
        == "x.yaml:1:8: count: expected an integer, found the string '3'; remove the quotes")
    #expect(
      errorText { try decode(Values.self, "ratio: \"0.5\"") }
        == "x.yaml:1:8: ratio: expected a number, found the string '0.5'; remove the quotes")
  }

  @Test(arguments: [
    ("1e3", 1000.0), ("012", 12), ("3", 3), (".5", 0.5), ("1.", 1), ("-1.5E-2", -0.015), ("+.5", 0.5), ("1_000", 1000),
    ("0x10", 16), ("1e-3", 0.001), ("0e-999", 0), ("0.1", 0.1),
  ])
  func `a number may be an integer`(text: String, value: Double) throws {
    #expect(try decode(Values.self, "ratio: \(text)").ratio == value)
  }

  @Test(arguments: [".nan", ".NaN", ".inf", "-.inf", "+.Inf", "nan", "inf", "-Infinity"])
  func `numbers are finite`(text: String) {
    #expect(
      errorText { try decode(Values.self, "ratio: \(text)") }
        == "x.yaml:1:8: ratio: expected a finite number, found '\(text)'")
  }

  @Test func `numbers neither overflow nor vanish`() {
    #expect(
      errorText { try decode(Values.self, "ratio: 1e400") }
        == "x.yaml:1:8: ratio: expected a number, found '1e400', which is too large for Double")
    #expect(
      errorText { try decode(Values.self, "ratio: -1e-400") }
        == "x.yaml:1:8: ratio: expected a number, found '-1e-400', which is too close to zero for Double")
    #expect(
      errorText { try decode(Values.self, "weight: 1e39") }
        == "x.yaml:1:9: weight: expected a number, found '1e39', which is too large for Float")
  }

  @Test(arguments: ["1:30", "abc", "1.2.3", "0x1p3", "1 2", "1,5"])
  func `other tools' numbers are none`(text: String) {
    #expect(
      errorText { try decode(Values.self, "ratio: \(text)") }
        == "x.yaml:1:8: ratio: expected a number, found '\(text)'")
  }

  @Test(arguments: ["012", "1e3", "2020-01-01", "1:30", "true", "on", "0x10", ".nan", "1.10"])
  func `a plain scalar is its text where a string is wanted`(text: String) throws {
    #expect(try decode(Values.self, "text: \(text)").text == text)
  }

  @Test func `null is no string`() {
    #expect(
      errorText { try decode([String: String].self, "text: ~") }
        == "x.yaml:1:7: text: expected a string, found null; write '' for the empty string")
    #expect(
      errorText { try decode([String: String].self, "text:") }
        == "x.yaml:1:6: text: expected a string, found null; write '' for the empty string")
  }

  @Test func `a quoted null is a string`() throws {
    #expect(try decode(Values.self, "text: 'null'").text == "null")
    #expect(try decode(Values.self, "text: ''").text == "")
    #expect(try decode(Values.self, "text: null").text == nil)
  }

  @Test func `a duplicate key is refused`() {
    #expect(
      errorText { try decode(Values.self, "count: 1\ntext: a\ncount: 2") }
        == "x.yaml:1:1: 'count' is given twice in one mapping")
    #expect(
      errorText { try decode(Values.self, "count: 1\n'count': 2") }
        == "x.yaml:1:1: 'count' is given twice in one mapping")
  }

  @Test(arguments: ["1", "true", "null", "~", "1.5"]) func `a key is a string`(key: String) {
    let found = key == "null" || key == "~" ? "null" : "'\(key)'"
    #expect(
      errorText { try decode([String: Int].self, "a: 1\n\(key): 2") }
        == "x.yaml:2:1: a key must be a string, found \(found); put it in quotes")
  }

  @Test func `a key that looks like a number is allowed in quotes, and yes is a string`() throws {
    #expect(try decode([String: Int].self, "'1': 2\nyes: 3") == ["1": 2, "yes": 3])
  }

  @Test func `a collection as a key is refused`() {
    #expect(
      errorText { try decode([String: Int].self, "[a, b]: 2") }
        == "x.yaml:1:1: a key must be a string, found a sequence; put text in quotes")
    #expect(
      errorText { try decode([String: Int].self, "{a: 1}: 2") }
        == "x.yaml:1:1: a key must be a string, found a mapping; put text in quotes")
  }

  @Test func `a collection as an explicit key is refused`() {
    #expect(
      errorText { try decode([String: Int].self, "? [a, b]\n: 2") }
        == "x.yaml:1:3: a key must be a string, found a sequence")
  }

  @Test func `a merge key is refused`() {
    #expect(
      errorText { try decode(Values.self, "<<: {count: 1}\ntext: a") }
        == "x.yaml:1:1: merge keys ('<<') are not supported; write the keys out")
  }

  @Test func `custom tags are refused`() {
    #expect(
      errorText { try decode(Values.self, "text: !secret a") }
        == "x.yaml:1:7: text: tag '!secret' is not supported; remove it")
    #expect(
      errorText { try decode(Values.self, "text: !!timestamp 2020-01-01") }
        == "x.yaml:1:7: text: tag '!!timestamp' is not supported; remove it")
    #expect(
      errorText { try decode([Int].self, "!set [1]") } == "x.yaml:1:1: tag '!set' is not supported; remove it")
    #expect(
      errorText { try decode(Values.self, "%TAG ! tag:evil,2000:\n---\ntext: !python a") }
        == "x.yaml:3:7: text: tag 'tag:evil,2000:python' is not supported; remove it")
  }

  @Test func `the core schema's tags are heeded`() throws {
    #expect(try decode(Values.self, "text: !!str 5\ncount: !!int '3'") == Values(count: 3, text: "5"))
    #expect(
      errorText { try decode(Values.self, "count: !!str 5") }
        == "x.yaml:1:8: count: expected an integer, found the string '5'; remove the quotes")
    #expect(
      errorText { try decode(Values.self, "count: !!int abc") }
        == "x.yaml:1:8: count: 'abc' is not what its tag !!int says")
  }

  @Test func `anchors and aliases are refused`() {
    let cure = "write the value out, or put text in quotes"
    #expect(
      errorText { try decode(Values.self, "count: &n 1\nsmall: *n") }
        == "x.yaml:2:8: anchors and aliases are not supported, found '*n'; \(cure)")
    #expect(
      errorText { try decode(Values.self, "count: &n 1") }
        == "x.yaml:1:8: anchors and aliases are not supported, found '&n'; \(cure)")
    #expect(
      errorText { try decode(Values.self, "count: *n") } == "x.yaml:1:8: not valid YAML: found undefined alias")
  }

  @Test func `signs of anchors in text are text`() throws {
    let yaml = "text: 'R&D, 2 * 3, *emphasis* & &more'"
    #expect(try decode(Values.self, yaml).text == "R&D, 2 * 3, *emphasis* & &more")
    #expect(try decode(Values.self, "text: a &b c*b").text == "a &b c*b")
  }

  @Test func `a second document is refused`() {
    #expect(
      errorText { try decode(Values.self, "count: 1\n---\ncount: 2") }
        == "x.yaml:2:1: a second document starts here; a configuration is one document")
  }

  @Test func `a tab is named`() {
    #expect(
      errorText { try decode(FileSettings.self, "training:\n\t- name: a") }
        == "x.yaml:2:1: not valid YAML: found character that cannot start any token "
        + "while scanning for the next token that starts at 2:1; indent with spaces, not tabs")
  }
}
