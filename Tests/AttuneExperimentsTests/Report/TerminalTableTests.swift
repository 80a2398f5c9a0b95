import Testing

@testable import AttuneExperiments

@Suite struct TerminalTableTests {
  @Test(arguments: [40, 57, 80, 120, 200])
  func `no line is wider than the terminal`(width: Int) {
    let text = TerminalTable.render(SampleResults.make(), color: false, width: width)
    let widest = text.split(separator: "\n").map { TerminalText.width($0) }.max() ?? 0
    #expect(widest <= width)
  }

  @Test func `every arm and figure is there, the best with a star, in a narrow terminal too`() {
    for width in [40, 120] {
      let text = TerminalTable.render(HandMadeResults.make(), color: false, width: width)
      for part in [
        "21.0 ±2.5 ▼", "18.0 ±2.5*▼", "31.0 ±2.5", "7.2 ±0.4 ▲", "5.2 ±0.5*", "3.42 ±0.21 s", "2.50 G", "37 KiB",
      ] {
        #expect(text.contains(part), "\(part) at width \(width)")
      }
    }
  }

  @Test func `a first training arm that failed has dashes and is no reference for costs`() {
    let lines = TerminalTable.render(HandMadeResults.firstArmFailed(), color: false, width: 120)
      .split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines.contains("plain — — — —") && lines.contains("Cost of inference, on augmented"))
    #expect(lines.contains { $0.hasPrefix("adapt 56.7 k ×3.00 ") }, "\(lines)")
  }

  @Test func `where training ended stands beside its time`() {
    var results = HandMadeResults.make()
    results.trainingArms[0].epochs = [
      SeedEpochs(seed: 11, epochs: 12, bestEpoch: 7), SeedEpochs(seed: 12, epochs: 13, bestEpoch: 9),
    ]
    results.trainingArms[1].epochs = [SeedEpochs(seed: 11, epochs: 5, bestEpoch: nil)]
    let lines = TerminalTable.render(results, color: false, width: 120)
      .split(separator: "\n").map { $0.split(separator: " ").joined(separator: " ") }
    #expect(lines.contains("plain 3.42 ±0.21 s 12.5, 8 2.50 G 9.48 k 37 KiB"), "\(lines)")
    #expect(lines.contains { $0.hasPrefix("augmented 7.50 ±0.50 s 5 5.50 G") }, "\(lines)")
  }

  @Test func `columns are aligned`() {
    let lines = TerminalTable.render(HandMadeResults.make(), color: false, width: 100).split(separator: "\n")
    let rows = lines.filter { $0.hasPrefix("plain") || $0.hasPrefix("augmented") }.prefix(2)
    #expect(Set(rows.map { TerminalText.width($0) }).count == 1)
  }

  @Test func `without color there is no escape code, with color there is`() {
    #expect(!TerminalTable.render(SampleResults.make(), color: false, width: 80).contains("\u{1B}"))
    #expect(TerminalTable.render(SampleResults.make(), color: true, width: 80).contains("\u{1B}[1m"))
  }

  @Test func `color changes nothing but codes`() {
    let colored = TerminalTable.render(SampleResults.make(), color: true, width: 80)
    let plain = colored.split(separator: "\u{1B}", omittingEmptySubsequences: false).enumerated()
      .map { $0.offset == 0 ? $0.element : $0.element.drop { $0 != "m" }.dropFirst() }.joined()
    #expect(plain == TerminalTable.render(SampleResults.make(), color: false, width: 80))
  }

  @Test func `a name cannot send codes to the terminal`() {
    var results = HandMadeResults.make()
    results.name = "a\u{1B}[2Jb"
    results.trainingArms[0].name = "x\u{7}\r"
    #expect(!TerminalTable.render(results, color: false, width: 80).contains { $0 == "\u{1B}" || $0 == "\u{7}" })
  }

  @Test func `failed cells say so and are counted`() {
    var results = HandMadeResults.make()
    results.cells[1].quality = nil
    let text = TerminalTable.render(results, color: false, width: 100)
    #expect(text.contains("failed"))
    #expect(text.contains("1 cell failed; the report holds the errors."))
  }

  @Test func `text is wrapped after spaces and hyphens, and cut where a part is too long`() {
    #expect(TerminalText.wrapped("student + bn-batch", to: 10) == ["student +", "bn-batch"])
    #expect(TerminalText.wrapped("feature-selection", to: 12) == ["feature-", "selection"])
    #expect(TerminalText.wrapped("abcdefgh", to: 3) == ["abc", "def", "gh"])
    #expect(TerminalText.wrapped("", to: 5) == [""])
  }

  @Test func `wide characters take two columns`() {
    #expect(TerminalText.width("測定a") == 5)
    #expect(TerminalText.truncated("測定値", to: 5) == "測定…")
  }
}
