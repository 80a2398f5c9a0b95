import AttuneCore
import AttuneExperiments
import Testing

/// Texts that nobody would write: they may be accepted or refused, but nothing else.
@Suite struct ConfigFuzzTests {
  private static let seeds = [
    "name: test\ntraining:\n  - name: a\n    epochs: 3\n    optimizer: {momentum: 0.9, clip: ~}\n    seeds: [1, 2]\n",
    "name: \"q\\u00e9\\n\"\ntraining: [{name: 'it''s', labels: {a: 1e-3, 'b c': .5}}, {}]\n",
    "%YAML 1.2\n---\n# comment\nname: |+2\n    text\n  more\ntraining: !!seq\n- ? name\n  : !!str 3\n...\n",
    "name: &x [a, *x]\n<<: {b: 1}\ntraining: >-\n  folded\n  text\n",
    "- - - 1\n    - 2\n- {a: [b, {c: d}]}\n",
  ]
  private static let pieces = [
    "[", "]", "{", "}", ": ", "- ", "? ", "&a ", "*a", "!t ", "'", "\"", "\\", "|", ">", "#", "\n", "\t", "\r", ",",
    "---\n",
    "...", "%TAG", "<<: ", "\u{0}", "\u{FEFF}", "é", "1e999", "~", "!!int ", "\\uD800", "\\xff", "\u{2028}", "  ",
  ]

  private static func mutate(_ bytes: inout [UInt8], with generator: inout Philox) {
    let position = generator.nextIndex(below: bytes.count + 1)
    switch generator.nextIndex(below: 6) {
    case 0: bytes.insert(contentsOf: pieces[generator.nextIndex(below: pieces.count)].utf8, at: position)
    case 1: bytes.removeSubrange(position..<min(bytes.count, position + 1 + generator.nextIndex(below: 4)))
    case 2: bytes.insert(contentsOf: bytes.suffix(from: position).prefix(20), at: position)
    case 3: bytes = Array(bytes.prefix(max(1, position)))
    case 4: bytes.insert(UInt8(generator.nextIndex(below: 128)), at: position)
    default: if position < bytes.count { bytes[position] ^= 1 << UInt8(generator.nextIndex(below: 8)) }
    }
  }

  @Test func `mutated texts are decoded or refused with a place`() throws {
    var generator = Philox(seed: 7)
    var accepted = 0
    for round in 0..<8_000 {
      var bytes = Array(Self.seeds[round % Self.seeds.count].utf8)
      for _ in 0...generator.nextIndex(below: 4) { Self.mutate(&bytes, with: &generator) }
      do {
        let node = try ConfigParser.parse(bytes: bytes, file: "x.yaml")
        accepted += 1
        _ = try ConfigWriter.yaml(node)
        _ = try ConfigDecoder().decode(FileSettings.self, from: node)
      } catch {
        #expect(!error.problems.isEmpty && error.description.hasPrefix("x.yaml:"), "\(error)")
      }
    }
    #expect(accepted > 400, "the mutations are too wild to test anything")
  }

  @Test func `what the parser accepts the writer writes so that it reads back`() throws {
    var generator = Philox(seed: 8)
    for round in 0..<1_000 {
      var bytes = Array(Self.seeds[round % Self.seeds.count].utf8)
      Self.mutate(&bytes, with: &generator)
      guard let node = try? ConfigParser.parse(bytes: bytes, file: "x.yaml") else { continue }
      let text = try ConfigWriter.yaml(node)
      #expect(try ConfigWriter.yaml(ConfigParser.parse(text: text, file: "x.yaml")) == text)
    }
  }

  @Test func `mutated overrides are applied or refused`() throws {
    let node = try ConfigParser.parse(text: Self.seeds[0], file: "x.yaml")
    let seeds = ["training.0.epochs=3", "++training[1]={a: [1]}", "~training.a", "+name='x'", "a\\.b.c=\"d\\n\""]
    var generator = Philox(seed: 9)
    for round in 0..<2_000 {
      var bytes = Array(seeds[round % seeds.count].utf8)
      for _ in 0...generator.nextIndex(below: 3) { Self.mutate(&bytes, with: &generator) }
      do {
        _ = try ConfigOverride.parse(String(decoding: bytes, as: UTF8.self)).apply(to: node)
      } catch {
        #expect(error.description.hasPrefix("--set "))
      }
    }
  }
}
