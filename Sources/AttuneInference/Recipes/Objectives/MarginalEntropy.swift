public import AttuneCore

/// The entropy of the mean prediction over views of a row, mean over the selected rows.
///
/// - Source: Zhang et al. (2022), MEMO: test time robustness via adaptation and augmentation, arXiv:2110.09506, eq. (2).
public struct MarginalEntropy: ObjectivePart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable, ValidatedConfiguration {
    /// Views of each row.
    public var views = 32

    /// 32.
    public init() {}

    /// Throws a `ConfigValueError` for the first setting out of its range.
    public func validate() throws { try ConfigCheck.range("views", views, atLeast: 1) }
  }
  /// `marginal-entropy` in config files.
  public static let kind = "marginal-entropy"
  /// What help says.
  public static let summary = "entropy of the mean prediction over views of a row"
  /// Keeps the logarithm of a probability that has vanished finite.
  private static let tiny: Float = 1e-12
  private let views: Int

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) throws {
    try configuration.validate()
    views = configuration.views
  }
  /// The mean of the rows' marginal entropies.
  public mutating func loss(_ context: inout ObjectiveContext) throws -> Variable? {
    var total: Variable?
    // View by view: with statistics of the batch each view is a batch of its own, as the rows are.
    guard context.rows.rows == 1 else {
      for _ in 0..<views {
        let p = try context.forward(try context.view(of: context.rows)).softmax()
        total = total.map { $0 + p } ?? p
      }
      return total.map { context.mean($0.scaled(by: 1 / Float(views)).entropyOfRows(Self.tiny, on: context.tape)) }
    }
    let repeated = Matrix.concatenatingRows(Array(repeating: context.rows, count: views))
    let p = try context.forward(try context.view(of: repeated)).softmax()
    return context.mean(p.columnMeans().entropyOfRows(Self.tiny, on: context.tape))
  }
}
