import AttuneCore
import AttuneExperiments
import Testing

/// Types with an `init(from:)` of their own.
@Suite struct CustomDecodingTests {
  /// Reads `kind` and then hands the mapping on, as a registry does.
  struct Choice: Decodable {
    enum Key: CodingKey { case kind }
    struct Plain: Codable, DefaultInitializable, Equatable { var rate = 0.1 }

    let name: String
    let momentum: MomentumSettings?

    init(from decoder: any Decoder) throws {
      name = try decoder.container(keyedBy: Key.self).decode(String.self, forKey: .kind)
      switch name {
      case "momentum": momentum = try decoder.singleValueContainer().decode(MomentumSettings.self)
      case "plain":
        _ = try Plain(from: decoder)
        momentum = nil
      default: throw ConfigValueError("unknown kind", key: "kind", known: ["plain", "momentum"])
      }
    }
  }

  @Test func `a type may read the kind first and hand the mapping on`() throws {
    let choice = try decode([Choice].self, "- {kind: momentum, momentum: 0.5}\n- kind: plain\n  rate: 2")
    #expect(choice[0].momentum == MomentumSettings(momentum: 0.5))
    #expect(choice[1].name == "plain")
  }

  @Test func `keys are those of both types`() {
    #expect(
      errorText { try decode([Choice].self, "- {kind: momentum, rate: 1}") }
        == "x.yaml:1:20: [0].rate: unknown key; allowed here: clip, kind, learningRate, momentum, nesterov")
    #expect(
      errorText { try decode([Choice].self, "- {kind: plain, rat: 1, rate: 1}") }
        == "x.yaml:1:17: [0].rat: unknown key; did you mean 'rate'? Allowed here: kind, rate")
  }

  @Test func `an error about a value gets place, path and value`() {
    #expect(
      errorText { try decode([Choice].self, "- kind: momentun\n  rate: 1") }
        == "x.yaml:1:9: [0].kind: unknown kind, found 'momentun'; did you mean 'momentum'? Known: momentum, plain")
    #expect(errorText { try decode([Choice].self, "- rate: 1") } == "x.yaml:1:3: [0]: missing key 'kind'")
  }

  @Test func `validation is reported at the key`() {
    #expect(
      errorText { try decode([MomentumSettings].self, "- learningRate: 1\n  momentum: 1.5") }
        == "x.yaml:2:13: [0].momentum: must be at least 0 and below 1, found '1.5'")
    #expect(
      errorText { try decode(MomentumSettings.self, "momentum: -1e-3\nmomentm: 2") } == """
        x.yaml:1:11: momentum: must be at least 0 and below 1, found '-1e-3'
        x.yaml:2:1: momentm: unknown key; did you mean 'momentum'? Allowed here: clip, learningRate, momentum, nesterov
        """)
  }

  struct BadDefault: Codable, DefaultInitializable, ValidatedConfiguration {
    var width = 0
    func validate() throws { try ConfigCheck.range("width", width, atLeast: 1, atMost: 8) }
  }

  @Test func `a default that is wrong is reported at its mapping`() {
    #expect(
      errorText { try decode([String: BadDefault].self, "net: {}") }
        == "x.yaml:1:6: net.width: must be at least 1 and at most 8, found '0'")
  }

  @Test func `NaN lies in no range`() {
    #expect(throws: ConfigValueError("must be above 0", key: "a", given: "nan")) {
      try ConfigCheck.range("a", Double.nan, above: 0)
    }
    #expect(ConfigValueError("odd", key: "a", given: "2", known: ["1"]).description == "a: odd, found '2'; known: 1")
  }

  /// Either a name or a mapping.
  enum Either: Decodable, Equatable {
    case name(String)
    case settings(MomentumSettings)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let name = try? container.decode(String.self) {
        self = .name(name)
      } else {
        self = .settings(try container.decode(MomentumSettings.self))
      }
    }
  }

  @Test func `one of two shapes decodes`() throws {
    #expect(try decode([Either].self, "- a\n- {momentum: 0.1}") == [.name("a"), .settings(.init(momentum: 0.1))])
    #expect(
      errorText { try decode([Either].self, "- {momentm: 0.1}") }
        == "x.yaml:1:4: [0].momentm: unknown key; did you mean 'momentum'? "
        + "Allowed here: clip, learningRate, momentum, nesterov")
  }

  struct First: Decodable { let shared: Int; let first: Int; let last: Int }
  struct Second: Decodable { let shared: Int; let second: Int }
  enum Trial: Decodable {
    case first(First), second(Second)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let value = try? container.decode(First.self) {
        self = .first(value)
      } else {
        self = .second(try container.decode(Second.self))
      }
    }
  }

  @Test func `a failed attempt does not make its keys known`() throws {
    #expect(
      errorText { try decode(Trial.self, "{shared: 1, first: 2, second: 3}") }
        == "x.yaml:1:13: first: unknown key; allowed here: second, shared")
  }

  /// Nested containers, a super decoder, and errors of the standard library.
  struct Manual: Decodable {
    enum Key: CodingKey { case inner, list, other }
    enum InnerKey: CodingKey { case a, b }
    let sum: Int
    let other: MomentumSettings

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      let inner = try container.nestedContainer(keyedBy: InnerKey.self, forKey: .inner)
      var list = try container.nestedUnkeyedContainer(forKey: .list)
      sum = try inner.decode(Int.self, forKey: .a) + list.decode(Int.self) + list.decode(Int.self)
      other = try MomentumSettings(from: container.superDecoder(forKey: .other))
      guard sum < 100 else {
        throw DecodingError.dataCorruptedError(forKey: .a, in: inner, debugDescription: "the sum is too large")
      }
      guard sum > 0 else {
        throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "the sum is too small"))
      }
    }
  }

  @Test func `nested containers are strict too`() throws {
    let other = "other: {learningRate: 1, momentum: 0, nesterov: true}"
    #expect(try decode(Manual.self, "inner: {a: 1}\nlist: [2, 3]\n\(other)").sum == 6)
    #expect(
      errorText { try decode(Manual.self, "inner: {a: 1, bb: 2}\nlist: [2, 3]\n\(other)") }
        == "x.yaml:1:15: inner.bb: unknown key; allowed here: a")
    #expect(
      errorText { try decode(Manual.self, "inner: {a: 1}\nlist: [2]\n\(other)") }
        == "x.yaml:2:7: list: expected more than 1 elements, found 1")
    #expect(
      errorText { try decode([Manual].self, "- inner: {a: 100}\n  list: [2, 3]\n  \(other)") }
        == "x.yaml:1:14: [0].inner.a: the sum is too large")
    #expect(
      errorText { try decode([Manual].self, "- inner: {a: -100}\n  list: [2, 3]\n  \(other)") }
        == "x.yaml:1:3: [0]: the sum is too small")
    #expect(errorText { try decode(Manual.self, "inner: {}\nlist: []") } == "x.yaml:1:8: inner: missing key 'a'")
  }

  enum Payload: Codable, Equatable { case constant(value: Double), none }

  @Test func `enumerations with payloads decode`() throws {
    #expect(try decode([Payload].self, "- constant: {value: 2}\n- none: {}") == [.constant(value: 2), .none])
    #expect(
      errorText { try decode(Payload.self, "constant: {value: 2, valu: 3}") }
        == "x.yaml:1:22: constant.valu: unknown key; did you mean 'value'? Allowed here: value")
  }

  @Test func `values reach types through userInfo`() throws {
    struct Probe: Decodable {
      let text: String
      init(from decoder: any Decoder) throws {
        text = CodingUserInfoKey(rawValue: "probe").flatMap { decoder.userInfo[$0] as? String } ?? ""
      }
    }
    let key = try #require(CodingUserInfoKey(rawValue: "probe"))
    #expect(try decode(Probe.self, "{}", userInfo: [key: "here"]).text == "here")
  }
}
