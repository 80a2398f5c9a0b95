import AttuneCore
import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct ConfigInterpolationTests {
  private func resolve(_ yaml: String, _ environment: [String: String] = [:]) throws -> ConfigNode {
    try ConfigInterpolation.resolve(ConfigParser.parse(text: yaml, file: "x.yaml"), environment: environment)
  }

  private func value(_ yaml: String, _ environment: [String: String] = [:]) throws -> ConfigScalar? {
    try resolve(yaml, environment).mapping?["x"]?.scalar
  }

  @Test func `a reference alone is the value with its type, others make a text`() throws {
    #expect(try value("a: {b: 3}\nx: ${a.b}") == ConfigScalar("3"))
    #expect(try value("a: {b: 3}\nx: '${a.b}'") == ConfigScalar("3"))
    #expect(try value("a: {b: 3}\nx: n-${a.b}-${ a.b }") == ConfigScalar("n-3-3"))
    #expect(try value("a: [{name: q, b: 4}, {strategy: t, b: 5}]\nx: ${a.q.b}${a.t.b}${a[0].b}")?.text == "454")
    #expect(try value("a: ${b}\nb: ${c}\nc: 7\nx: ${a}") == ConfigScalar("7"))
  }

  @Test func `variables have defaults`() throws {
    #expect(try value("x: ${env:ROWS,10}", ["ROWS": "20"]) == ConfigScalar("20"))
    #expect(try value("x: ${env:ROWS,10}") == ConfigScalar("10"))
    #expect(try value("x: a${env:ROWS,}b")?.text == "ab")
    #expect(try value("x: ${env:ROWS}", ["ROWS": ""])?.isString == true)
  }

  @Test func `two dollars keep the text, which a written config reads back`() throws {
    #expect(try value("x: a$${b}")?.text == "a${b}")
    let written = try ConfigWriter.yaml(from: ["x": "a${b} $${c}"])
    #expect(try value(written)?.text == "a${b} $${c}")
    #expect(try value("x: $ATTUNE_DATA/a")?.text == "$ATTUNE_DATA/a")
  }

  @Test(arguments: [
    ("x: ${y}\nyy: 1", "x.yaml:1:4: x: '${y}': the config has no 'y'; did you mean 'yy'? Written there: x, yy"),
    (
      "x: ${a}\na: ${b}\nb: ${a}",
      "x.yaml:3:4: b: values refer to each other in a circle: x → a → b → a; give one of them a value"
    ),
    ("x: ${x}", "x.yaml:1:4: x: values refer to each other in a circle: x → x; give one of them a value"),
    (
      "x: ${a}\na: {b: 1}",
      "x.yaml:1:4: x: '${a}' is a mapping; only a single value can be put in; name one of its values, such as a.b"
    ),
    ("x: ${a", "x.yaml:1:4: x: '${' has no '}'; close it, or write '$${' for the text '${'"),
    (
      "x: ${env:NOT_SET_HERE}",
      "x.yaml:1:4: x: the environment variable 'NOT_SET_HERE' is not set; set it, or give a default: "
        + "${env:NOT_SET_HERE,default}"
    ),
  ])
  func `what cannot be put in is an error with its place`(yaml: String, message: String) {
    #expect(errorText { try resolve(yaml) } == message)
  }

  @Test func `values that grow without end are refused`() {
    let lines = (0..<30).map { "a\($0): ${a\($0 + 1)}${a\($0 + 1)}" } + ["a30: abc"]
    #expect(errorText { try resolve(lines.joined(separator: "\n")) }.contains("more than 65536 bytes"))
    let chain = (0..<5000).map { "a\($0): ${a\($0 + 1)}" } + ["a5000: 1"]
    #expect(errorText { try resolve(chain.joined(separator: "\n")) }.contains("more than 32 values refer"))
  }
}
