import AttuneCore
import AttuneExperiments
import Testing

@Suite struct ConfigDefaultsTests {
  @Test func `every key may be left out`() throws {
    #expect(try decode(ArmSettings.self, "") == ArmSettings())
    #expect(try decode(ArmSettings.self, "epochs: 3") == ArmSettings(epochs: 3))
  }

  @Test func `a mapping that is given has the defaults of its own type`() throws {
    #expect(try decode(ArmSettings.self, "{}").optimizer.learningRate == 0.5)
    #expect(try decode(ArmSettings.self, "optimizer: {momentum: 0}").optimizer.learningRate == 0.001)
  }

  @Test func `an optional without a value is a known key`() throws {
    #expect(try decode(MomentumSettings.self, "clip: 2").clip == 2)
    #expect(try decode(MomentumSettings.self, "clip: null").clip == nil)
  }

  struct Preset: Codable, DefaultInitializable, Equatable { var clip: Double? = 3 }

  @Test func `null takes the place of a default, and nothing does not`() throws {
    #expect(try decode(Preset.self, "clip: null").clip == nil)
    #expect(try decode(Preset.self, "").clip == 3)
  }

  @Test func `null is no mapping`() {
    #expect(
      errorText { try decode(ArmSettings.self, "optimizer:\nepochs: 3") }
        == "x.yaml:1:11: optimizer: expected a mapping, found null")
  }

  @Test func `a sequence replaces the default as a whole`() throws {
    #expect(try decode(ArmSettings.self, "seeds: [7, 8]").seeds == [7, 8])
    #expect(try decode(ArmSettings.self, "seeds: []").seeds == [])
  }

  @Test func `a type without defaults asks for all its keys`() {
    struct Required: Codable { var a: Int; var b = 2 }
    #expect(errorText { try decode(Required.self, "a: 1") } == "x.yaml:1:1: missing key 'b'")
  }
}
