public import Foundation

/// What a stream looks like with the first seed: where it changes, and some of its rows before and after the shifts.
public struct ScenarioView: Codable, Sendable, Equatable {
  /// A place at which the stream changes.
  public struct Change: Codable, Sendable, Equatable {
    /// The first row of what begins there, from 0.
    public var row: Int
    /// The batch with that row, from 0.
    public var batch: Int
    /// The domain that begins.
    public var domain: String
    /// Its severity; nil where the stream has none.
    public var severity: Int?
  }

  /// Where a domain or a severity begins, the first included; empty where the stream has one part only.
  public var changes: [Change]
  /// The classes, in the order of the confusion counts; nil for regression.
  public var classes: [String]?
  /// Some rows as pictures; nil where rows are no images.
  public var pictures: PictureStrip?
  /// The features that moved most, against the training part; nil where rows are images.
  public var features: [FeatureShift]?
}

extension ExperimentResults {
  /// Takes the views of the scenarios, in their order.
  mutating func add(_ views: [ScenarioView?]) {
    for (index, view) in views.enumerated() where scenarios.indices.contains(index) { scenarios[index].view = view }
  }
}

/// Rows as gray pictures of one size, side by side.
public struct PictureStrip: Codable, Sendable, Equatable {
  /// Rows of pixels of a picture.
  public var height: Int
  /// Columns of pixels of a picture.
  public var width: Int
  /// What each picture shows: its domain, or its class.
  public var names: [String]
  /// The pixels before the shifts, one picture after the other, row by row; nil where the scenario
  /// has no shifts.
  public var before: Data?
  /// The pixels as the stream has them.
  public var after: Data

  /// The number of pictures.
  public var count: Int { height * width > 0 ? after.count / (height * width) : 0 }
}

/// How the distribution of a feature differs from that of the training part.
public struct FeatureShift: Codable, Sendable, Equatable {
  /// Name of the feature.
  public var name: String
  /// How far the mean has moved, in standard deviations of the training part.
  public var meanShift: Double
  /// Standard deviation against that of the training part.
  public var deviationRatio: Double
}
