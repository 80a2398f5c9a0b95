/// The shifts that come with Attune, to be found by their names in config files.
public enum BuiltInShifts {
  /// All of them, in the order of their names.
  public static let all: [any (Shift & Codable).Type] = [
    Brightness.self, BrokenFeatures.self, Contrast.self, FeatureDropout.self, GaussianNoise.self, Jitter.self,
    SensorOffset.self, OneOf.self, Rotation.self, Scaling.self, Translation.self,
  ]
}
