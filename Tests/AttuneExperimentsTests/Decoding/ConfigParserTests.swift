import AttuneExperiments
import Testing

@Suite struct ConfigParserTests {
  @Test func `nodes know their place and keep their text`() throws {
    let node = try ConfigParser.parse(text: "# comment\na: 1\nbé:\n  - 'x'\n  - {c: 0x1}\n", file: "f.yaml")
    let mapping = try #require(node.mapping)
    #expect(mapping.keys == ["a", "bé"])
    #expect(mapping.entry("bé")?.keyLocation == ConfigLocation(file: "f.yaml", line: 3, column: 1))
    let elements = try #require(mapping["bé"]?.sequence)
    #expect(elements[0].scalar == ConfigScalar("x", style: .singleQuoted))
    #expect(elements[0].location.description == "f.yaml:4:5")
    #expect(elements[1].mapping?["c"]?.scalar == ConfigScalar("0x1"))
    #expect(elements[1].mapping?["c"]?.location.description == "f.yaml:5:9")
  }

  @Test(arguments: ["", "\n\n", "# nothing\n", "\u{FEFF}"]) func `a text without content is an empty mapping`(
    text: String
  ) throws {
    #expect(try ConfigParser.parse(text: text, file: "x.yaml").mapping?.entries.isEmpty == true)
  }

  @Test(arguments: [
    (
      "a: [1, 2",
      "2:1: not valid YAML: did not find expected ',' or ']' while parsing a flow sequence that starts at 1:4"
    ),
    ("a: 1\n b: 2", "2:3: not valid YAML: mapping values are not allowed in this context"),
    ("a: 'x", "1:6: not valid YAML: found unexpected end of stream while scanning a quoted scalar that starts at 1:4"),
    (
      "a: %x",
      "1:4: not valid YAML: found character that cannot start any token while scanning for the next token "
        + "that starts at 1:4"
    ),
    ("a: b\u{7}", "1:5: not valid YAML: control characters are not allowed (U+7)"),
  ])
  func `a syntax error has its place and reason`(text: String, message: String) {
    #expect(errorText { try ConfigParser.parse(text: text, file: "x.yaml") } == "x.yaml:\(message)")
  }

  @Test func `bytes that are not UTF-8 are refused with their line`() {
    let bytes = Array("a: 1\nb: ".utf8) + [0xC3, 0x28]
    #expect(
      errorText { try ConfigParser.parse(bytes: bytes, file: "x.yaml") } == "x.yaml:2:1: this line is not UTF-8 text")
  }

  @Test func `more than a mebibyte is refused unread`() {
    let text = "a: " + String(repeating: "x", count: 1 << 20)
    let message =
      "x.yaml:1:1: 1048579 bytes, more than the 1048576 allowed; a config is a YAML file, which names its data under "
      + "data.source"
    #expect(errorText { try ConfigParser.parse(text: text, file: "x.yaml") } == message)
    #expect(errorText { try ConfigParser.parse(bytes: text.utf8, file: "x.yaml") } == message)
  }

  @Test func `64 levels are allowed and 65 are not`() throws {
    func nested(_ levels: Int) -> String {
      String(repeating: "[", count: levels) + String(repeating: "]", count: levels)
    }
    #expect(try ConfigParser.parse(text: nested(64), file: "x.yaml").sequence?.count == 1)
    #expect(
      errorText { try ConfigParser.parse(text: nested(65), file: "x.yaml") }
        == "x.yaml:1:65: nested deeper than 64 levels")
    let block = (0..<65).map { String(repeating: " ", count: $0) + "a:\n" }.joined()
    #expect(
      errorText { try ConfigParser.parse(text: block, file: "x.yaml") }
        == "x.yaml:65:65: nested deeper than 64 levels")
  }

  @Test func `text may hold brackets, quotes and colons where YAML allows them`() throws {
    let yaml = #"""
      a: it's [not] {a} list, "really" {
      b: |
        {{{ [x]: "
         [[
      c:
        >-
        {[]}
      list:
        - key: |
            {{
          other: "[[ {{ \" [[ "
      d: '{''{'
      x[0]: [[a, {b: c, d: [e]}], {"k":[1], 'l':{m: "]"}}, it's, a:b] # }} {{
      e: x
      """#
    let mapping = try #require(ConfigParser.parse(text: yaml, file: "x.yaml").mapping)
    #expect(mapping.keys == ["a", "b", "c", "list", "d", "x[0]", "e"])
  }

  @Test func `100,000 nodes are allowed and one more is not`() throws {
    let text = String(repeating: "- a\n", count: 99_999)
    #expect(try ConfigParser.parse(text: text, file: "x.yaml").sequence?.count == 99_999)
    #expect(
      errorText { try ConfigParser.parse(text: text + "- a\n", file: "x.yaml") }
        == "x.yaml:100000:3: more than 100000 values and keys")
  }

  @Test(arguments: [
    "aliases as values", "aliases as keys", "depth", "block depth", "mappings as keys", "mappings as keys over lines",
    "mappings as keys after commas", "explicit keys",
  ])
  func `bombs are refused at once`(kind: String) {
    let text = Self.bomb(kind)
    let start = ContinuousClock.now
    #expect(throws: ConfigError.self) { try ConfigParser.parse(text: text, file: "x.yaml") }
    #expect(start.duration(to: .now) < .milliseconds(500), "\(kind), \(text.utf8.count) bytes")
  }

  private static func bomb(_ kind: String) -> String {
    switch kind {
    case "aliases as values", "aliases as keys":
      var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
      for level in 1..<12 {
        let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
        text += "a\(level): &a\(level) [\(aliases)]\n"
      }
      return kind == "aliases as keys" ? text + "? *a11\n: 1\n" : text
    case "depth": return String(repeating: "[", count: 10_000)
    case "block depth": return String(repeating: "- ", count: 10_000)
    case "mappings as keys":
      let line = "- " + String(repeating: "{", count: 480) + "a" + String(repeating: "}", count: 480) + "\n"
      return String(repeating: line, count: 1_000)
    case "mappings as keys over lines":
      let line = "- " + String(repeating: "{\n", count: 900) + "a" + String(repeating: "}", count: 900) + "\n"
      return String(repeating: line, count: 300)
    case "mappings as keys after commas":
      let line = "- {" + String(repeating: "x, !!map {", count: 60) + "a" + String(repeating: "}", count: 61) + "\n"
      return String(repeating: line, count: 1_000)
    default:
      return String(repeating: "? ", count: 900) + "[" + String(repeating: "x, ", count: 100_000) + "x]\n"
    }
  }
}
