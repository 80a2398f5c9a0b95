internal import Synchronization

/// A value that several arms share: the first that asks makes it, others wait for it, and a failure is shared likewise.
///
/// A class because what is shared has an identity.
final class MadeOnce<Value: Sendable>: Sendable {
  private let made = Mutex<Result<Value, any Error>?>(nil)

  /// The value, made by `make` where nobody has yet.
  ///
  /// - Throws: what `make` threw, each time; a cancellation is not kept.
  func get(_ make: () throws -> Value) throws -> Value {
    let result: Result<Value, any Error> = made.withLock { made in
      if let made { return made }
      let result = Result { try make() }
      if case .failure(let error) = result, error is CancellationError { return result }
      made = result
      return result
    }
    return try result.get()
  }

  /// Forgets the value: nobody will ask again, and it may be large.
  func clear() { made.withLock { $0 = nil } }
}
