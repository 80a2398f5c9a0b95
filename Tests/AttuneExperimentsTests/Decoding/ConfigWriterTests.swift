import AttuneExperiments
import Testing

@Suite struct ConfigWriterTests {
  @Test func `a configuration is written as block YAML in the order of its keys`() throws {
    let arm = ArmSettings(name: "on", seeds: [1, 2], labels: ["a b": 1e-7])
    #expect(
      try ConfigWriter.yaml(from: FileSettings(name: "two arms", training: [arm, ArmSettings()])) == """
        name: two arms
        training:
          - name: 'on'
            epochs: 10
            schedule: cosine
            optimizer:
              learningRate: 0.5
              momentum: 0.9
              nesterov: false
              clip: null
            seeds: [1, 2]
            labels:
              a b: 1.0e-07
          - name: arm
            epochs: 10
            schedule: cosine
            optimizer:
              learningRate: 0.5
              momentum: 0.9
              nesterov: false
              clip: null
            seeds: [1]
            labels: {}

        """)
  }

  private func readBack<Value: Codable & Equatable>(_ value: Value) throws -> Bool {
    try decode(Value.self, ConfigWriter.yaml(from: value)) == value
  }

  @Test func `a configuration reads back equal`() throws {
    let optimizer = MomentumSettings(learningRate: 1.0 / 3, momentum: 0, nesterov: true, clip: 1e300)
    let arm = ArmSettings(
      name: "x: y", epochs: -3, schedule: .step, optimizer: optimizer, seeds: [.max], labels: ["1": 2])
    #expect(try readBack(FileSettings(name: "", training: [arm, ArmSettings()])))
    #expect(try readBack(ConfigDefaultsTests.Preset(clip: nil)))
    #expect(try readBack([[Int]]()))
    #expect(try readBack([[1, 2], [], [3]]))
    #expect(try readBack([[["a": [1: "x"]], [:]], []]))
    #expect(try readBack([CustomDecodingTests.Payload.constant(value: 0.1), .none]))
  }

  @Test(arguments: [
    (0.001, "0.001"), (1e-5, "1.0e-05"), (1.5e-9, "1.5e-09"), (1e16, "1.0e+16"), (3, "3.0"), (-0.0, "-0.0"),
    (0.1, "0.1"),
    (.greatestFiniteMagnitude, "1.7976931348623157e+308"), (.leastNonzeroMagnitude, "5.0e-324"),
  ])
  func `a number is written short, with a point`(value: Double, text: String) throws {
    #expect(try ConfigWriter.yaml(from: ["a": value]) == "a: \(text)\n")
    #expect(try decode([String: Double].self, "a: \(text)")["a"]?.bitPattern == value.bitPattern)
  }

  @Test func `a Float is written short too`() throws {
    #expect(try ConfigWriter.yaml(from: [Float(0.1), 1e-10]) == "[0.1, 1.0e-10]\n")
  }

  @Test(arguments: [
    "", " ", "a", "a b", "a ", " a", "null", "Null", "~", "true", "FALSE", "yes", "No", "on", "y", "1", "0.5", "1e3",
    ".5",
    "0x1", "012", "1:30", "2020-01-01", ".nan", "inf", "-", "- a", "a: b", "a:", "a #b", "#a", "[a]", "{a}", "a, b",
    "*a",
    "&a", "!a", "|", ">", "%a", "@a", "`a", "?", "? a", "'", "''", "it's", "\"", "a\"b\\", "a\nb", "a\tb", "\r\n",
    "\u{0}",
    "\u{7F}", "\u{85}", "\u{2028}", "a\u{FEFF}", "\u{FFFE}", "\u{E000}", "é", "日本", "🙂", "<<", "=", "---", "...",
    "a/b.c-d_e", "~x", "e\u{301}", "\u{10FFFF}",
  ])
  func `a string reads back as that string, as a value, an element and a key`(text: String) throws {
    #expect(try readBack(["a": text]))
    #expect(try readBack([text, text]))
    #expect(try readBack([text: [text: text]]))
    let scalars = try decode([String].self, ConfigWriter.yaml(from: [text]))[0].unicodeScalars
    #expect(Array(scalars) == Array(text.unicodeScalars))
  }

  @Test func `strings that other tools read as something else are quoted`() throws {
    let texts = ["yes", "012", "1:30", "2020-01-01", "", "null"]
    #expect(try ConfigWriter.yaml(from: texts) == "['yes', '012', '1:30', '2020-01-01', '', 'null']\n")
  }

  @Test func `long sequences are written as blocks`() throws {
    let value = ["a": Array(repeating: "word", count: 30)]
    #expect(try ConfigWriter.yaml(from: value).hasPrefix("a:\n  - word\n  - word\n"))
    #expect(try readBack(value))
  }

  @Test func `what YAML cannot hold is refused with its path`() {
    #expect(
      errorText { try ConfigWriter.yaml(from: ["a": [1, Double.nan]]) }
        == "Dictionary<String, Array<Double>>: a[1]: nan cannot be written to a configuration")
    #expect(
      errorText { try ConfigWriter.yaml(from: ["a": "\u{FEFF}b"]) }
        == "Dictionary<String, String>: a: a text that starts with a byte order mark cannot be written")
    let key = String(repeating: "k", count: 2_000)
    #expect(
      errorText { try ConfigWriter.yaml(from: [key: 1]) }
        == "Dictionary<String, Int>: ['\(key.prefix(60))…']: this key is too long for YAML or starts with a byte order mark"
    )
  }

  @Test func `a composed configuration keeps its meaning`() throws {
    let yaml = "a: 'yes'\nb: 012\nc: [x, \"1\", null, ~]\nd: |\n  two\n  lines\ne: {}\nf: [{g: 1}, [2]]\n"
    let node = try ConfigParser.parse(text: yaml, file: "x.yaml")
    let text = try ConfigWriter.yaml(node)
    #expect(
      text == "a: 'yes'\nb: 012\nc: [x, '1', null, null]\nd: \"two\\nlines\\n\"\ne: {}\nf:\n  - g: 1\n  - [2]\n")
    #expect(try ConfigWriter.yaml(ConfigParser.parse(text: text, file: "x.yaml")) == text)
  }
}
