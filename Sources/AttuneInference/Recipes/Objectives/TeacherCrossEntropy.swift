public import AttuneCore

/// The cross-entropy of the predictions to those of the teacher, `−Σ_c softmax(t)_c ln softmax(z)_c`, with `t` held fixed.
///
/// - Source: Wang et al. (2022), Continual test-time domain adaptation (CoTTA), arXiv:2203.13591, eq. (5); symmetric as in
///   its code for ImageNet.
public struct TeacherCrossEntropy: ObjectivePart {
  /// The settings.
  public struct Configuration: Codable, Sendable, Equatable, DefaultInitializable {
    /// Whether half of it is the cross-entropy of the teacher's predictions to the network's.
    public var symmetric = false

    /// One way.
    public init() {}
  }
  /// `teacher-cross-entropy` in config files.
  public static let kind = "teacher-cross-entropy"
  /// What help says.
  public static let summary = "cross-entropy to the teacher's predictions"
  /// True.
  public static let needsLogitsOnly = true
  private let symmetric: Bool

  /// The part.
  public init(_ configuration: Configuration = Configuration(), in setup: RecipeSetup) {
    symmetric = configuration.symmetric
  }
  /// The mean over the selected rows; nil without a teacher.
  public mutating func loss(_ context: inout ObjectiveContext) -> Variable? {
    guard let teacher = context.teacher else { return nil }
    let target = context.tape.constant(teacher)
    let forth = context.logits.crossEntropies(to: target)
    guard symmetric else { return context.mean(forth) }
    return context.mean((forth + target.crossEntropies(to: context.logits)).scaled(by: 0.5))
  }
}

extension Variable {
  /// The cross-entropy of each row's softmax to that of other logits, `−Σ_c softmax(t)_c ln softmax(z)_c`, `[n, 1]`.
  func crossEntropies(to targets: Variable) -> Variable {
    (targets.softmax() * logSoftmax()).rowSums().scaled(by: -1)
  }
}
