internal import CKernels

/// Counts the floating-point operations that a piece of work really does.
///
/// Every kernel, matrix product and factorization adds what it did to a counter of its thread, so that the cost of a
/// method is known without a formula of its own, for a user's method too. A multiply-add counts two; an addition, a
/// comparison, a division, a root and an exponential count one each.
public enum OperationCounter {
  /// The result of `work` and the floating-point operations it did on this thread.
  public static func count<Result>(_ work: () throws -> Result) rethrows -> (result: Result, operations: Int) {
    let before = attune_counted_operations()
    let result = try work()
    return (result, Int(attune_counted_operations() &- before))
  }

  /// Adds operations that no kernel counted, for example of a loop of one's own.
  public static func add(_ operations: Int) {
    attune_count_operations(UInt64(operations))
  }
}
