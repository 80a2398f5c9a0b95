/// The shifts that come with Attune, to be found by their names in config files.
public enum BuiltInShifts {
  /// All of them, in the order of their names.
  public static let all: [any (Shift & Codable).Type] = [
    Brightness.self, BrokenFeatures.self, CategoryDrift.self, ColumnSwaps.self, Contrast.self, Corruption.self,
    FeatureDropout.self, GaussianNoise.self, Jitter.self, MissingSensors.self, Missingness.self, SensorOffset.self,
    OffsetDrift.self, OneOf.self, Outliers.self, Quantization.self, Rotation.self, Scaling.self, ScalingDrift.self,
    SensorNoise.self, StuckSensors.self, Translation.self,
  ]
}
