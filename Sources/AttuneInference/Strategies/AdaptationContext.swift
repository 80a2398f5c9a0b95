public import AttuneCore
public import AttuneData

/// What a strategy may know besides the network and the batches. Test labels are not in it.
public struct AdaptationContext: Sendable {
  /// What the model predicts.
  public var task: PredictionTask
  /// Statistics of the training inputs; nil where the model file has none.
  public var source: SourceStatistics?
  /// Rows of the training data; nil where they are not at hand.
  public var samples: SourceSamples?
  /// All inputs of the stream, preprocessed, `[n, d]`; nil where they are not known beforehand.
  public var target: Matrix?
  /// The shape of the images that the rows are; nil where they are none.
  public var image: ImageShape?
  /// The names of the inputs; empty where they are not known.
  public var inputNames: [String] = []
  /// Random numbers of the strategy's own.
  public var generator: Philox

  /// A context.
  public init(
    task: PredictionTask, source: SourceStatistics? = nil, samples: SourceSamples? = nil, target: Matrix? = nil,
    image: ImageShape? = nil, generator: Philox = Philox(seed: 0)
  ) {
    self.task = task
    self.source = source
    self.samples = samples
    self.target = target
    self.image = image
    self.generator = generator
  }
}

/// Rows of the training data.
public struct SourceSamples: Sendable {
  /// Preprocessed inputs, `[n, d]`.
  public var inputs: Matrix
  /// Their classes; nil where they are not known.
  public var labels: [Int]?

  /// Rows, with their classes where these are known.
  public init(inputs: Matrix, labels: [Int]? = nil) {
    self.inputs = inputs
    self.labels = labels
  }
}
