import AttuneCore
import Foundation
import Testing

@testable import AttuneData

@Suite struct CorruptionCodingTests {
  private func decode(_ json: String) throws -> ShiftConfiguration {
    try JSONDecoder().decode(ShiftConfiguration.self, from: Data(json.utf8))
  }

  @Test func `a corruption is named, and its severity is that of the benchmark unless it is given`() throws {
    let shift = try decode(#"{"kind": "corruption", "name": "shear"}"#)
    #expect(shift.shift as? Corruption == Corruption(.shear, severity: 2))
    #expect(shift.shift.summary == "shear, severity 2")
    let heavy = try decode(#"{"kind": "corruption", "name": "fog", "severity": 3}"#)
    #expect(heavy.shift as? Corruption == Corruption(.fog, severity: 3))
    let copy = try JSONDecoder().decode(ShiftConfiguration.self, from: JSONEncoder().encode(heavy))
    #expect(copy.shift as? Corruption == Corruption(.fog, severity: 3))
    let stripe = try decode(#"{"kind": "corruption", "name": "stripe"}"#)
    #expect(stripe.shift.summary == "stripe")
    #expect(!String(decoding: try JSONEncoder().encode(stripe), as: UTF8.self).contains("severity"))
    #expect(stripe.atSeverity(1)?.shift.summary == nil && heavy.atSeverity(5)?.shift.summary == "fog, severity 5")
    #expect(try decode(#"{"kind": "scaling"}"#).atSeverity(1)?.shift.summary == nil)
  }

  @Test func `default severities are those of the published benchmark`() {
    let published: [(ImageCorruption, Int)] = [
      (.shotNoise, 5), (.impulseNoise, 4), (.glassBlur, 1), (.motionBlur, 1), (.shear, 2), (.scale, 3), (.rotate, 2),
      (.brightness, 5), (.translate, 3), (.fog, 5), (.spatter, 4),
    ]
    for (corruption, severity) in published { #expect(Corruption(corruption).severity == severity, "\(corruption)") }
    #expect(
      ImageCorruption.allCases.filter { !$0.hasSeverities }.map(\.rawValue).sorted()
        == ["canny-edges", "dotted-line", "inverse", "line", "stripe", "zigzag"])
  }

  @Test func `wrong settings are refused with what would be right`() {
    #expect(
      message { try decode(#"{"kind": "corruption", "name": "fogg"}"#) }.hasPrefix(
        "name: unknown corruption, found 'fogg'; did you mean 'fog'? Known: brightness, canny-edges, contrast, "))
    #expect(
      message { try decode(#"{"kind": "corruption", "name": "stripe", "severity": 3}"#) }
        == "severity: 'stripe' has no severities; remove the key, found '3'")
    #expect(
      message { try decode(#"{"kind": "corruption", "name": "fog", "severity": 6}"#) }
        == "severity: must be an integer from 1 to 5, found '6'")
    var generator = Philox(seed: 1)
    let x = Matrix(rows: 1, columns: 4)
    let image = ShiftContext(image: ImageShape(height: 2, width: 2), range: 0...1)
    #expect(
      message { try Corruption(.fog, severity: 0).apply(to: x, in: image, using: &generator) }
        == "corruption: severity is 0; give an integer from 1 to 5")
    #expect(
      message {
        try Corruption(.fog)
          .apply(to: x, in: ShiftContext(image: ImageShape(height: 2, width: 2)), using: &generator)
      }
        == "corruption: it needs the values of black and white, and the data has no range; "
        + "give them as data.range, such as [0, 255]")
    #expect(
      message { try Corruption(.fog).apply(to: x, in: ShiftContext(range: 0...1), using: &generator) }
        == "corruption: it needs the images' height and width, and the data has none; "
        + "give the data set's image shape, or use another shift")
  }
}
