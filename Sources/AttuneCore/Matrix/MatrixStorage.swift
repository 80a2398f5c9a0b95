internal import CKernels
internal import Synchronization

/// The memory of a matrix: 64-byte aligned, taken from a pool and given back to it.
///
/// A training step frees what it allocated, so from the second step on the pool serves every request and the system
/// allocator is not called.
final class MatrixStorage: @unchecked Sendable {
  let elements: UnsafeMutablePointer<Float>
  let capacity: Int

  init(capacity: Int) {
    self.capacity = StoragePool.roundedCapacity(capacity)
    elements = StoragePool.shared.take(self.capacity)
  }

  deinit {
    StoragePool.shared.give(elements, capacity: capacity)
  }
}

/// Free blocks by capacity. Blocks of one capacity are interchangeable.
final class StoragePool: Sendable {
  static let shared = StoragePool()

  private struct Contents: @unchecked Sendable {
    var free: [Int: [UnsafeMutablePointer<Float>]] = [:]
    var heldBytes = 0
  }

  private let contents = Mutex(Contents())
  /// Free memory kept for reuse at most, in bytes.
  private let limit = 512 << 20

  /// Four steps per power of two, at least one cache line: at most a quarter of a block is unused.
  static func roundedCapacity(_ count: Int) -> Int {
    guard count > 16 else { return 16 }
    let step = max(16, 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount - 3))
    return (count + step - 1) / step * step
  }

  func take(_ capacity: Int) -> UnsafeMutablePointer<Float> {
    let reused = contents.withLock { contents -> UnsafeMutablePointer<Float>? in
      guard let block = contents.free[capacity]?.popLast() else { return nil }
      contents.heldBytes -= capacity * 4
      return block
    }
    if let reused { return reused }
    attune_count_allocation()
    let memory = UnsafeMutableRawPointer.allocate(byteCount: capacity * 4, alignment: 64)
    return memory.bindMemory(to: Float.self, capacity: capacity)
  }

  func give(_ block: UnsafeMutablePointer<Float>, capacity: Int) {
    let kept = contents.withLock { contents -> Bool in
      guard contents.heldBytes + capacity * 4 <= limit else { return false }
      contents.free[capacity, default: []].append(block)
      contents.heldBytes += capacity * 4
      return true
    }
    if !kept { UnsafeMutableRawPointer(block).deallocate() }
  }
}

/// What matrices have cost the system allocator so far.
public enum MatrixMemory {
  /// Blocks that matrices took from the system allocator on this thread so far; reused blocks do not count.
  public static var systemAllocations: Int { Int(attune_counted_allocations()) }
}
