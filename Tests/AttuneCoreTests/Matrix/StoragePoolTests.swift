import Foundation
import Synchronization
import Testing

@testable import AttuneCore

@Suite struct StoragePoolTests {
  @Test func `a block holds what was asked for and wastes at most a quarter`() {
    for count in Array(0..<5000) + [1 << 20, (1 << 20) + 1, 12_345_678] {
      let capacity = StoragePool.roundedCapacity(count)
      #expect(capacity >= max(16, count))
      #expect(capacity % 16 == 0)
      #expect(capacity <= 16 || capacity - count <= max(16, capacity / 4))
      #expect(StoragePool.roundedCapacity(capacity) == capacity)
    }
  }

  /// Each thread fills matrices with its own number, hands some to its neighbors and looks again: a block that two
  /// matrices own at once would show another's number.
  @Test func `threads that share the pool and matrices never share memory`() {
    let threads = 8, mailbox = Mutex<[Matrix]>([]), failures = Mutex(0)
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      var generator = Philox(seed: 1).fork(thread)
      var held: [(matrix: Matrix, value: Float)] = []
      for step in 0..<400 {
        let value = Float(thread * 1000 + step), size = 1 + generator.nextIndex(below: 60)
        let matrix = Matrix(rows: size, columns: size, repeating: value)
        let received = mailbox.withLock { box -> Matrix? in
          box.append(matrix)
          return box.count > 16 ? box.remove(at: generator.nextIndex(below: box.count)) : nil
        }
        if var received {
          let other = received[0, 0]
          received.add(received.scaled(by: 0))
          received.withMutableElements { $0[0] = -1 }
          if received.elements.dropFirst().contains(where: { $0 != other }) { failures.withLock { $0 += 1 } }
        }
        held.append((matrix, value))
        if held.count > 10 { held.remove(at: generator.nextIndex(below: held.count)) }
        for (matrix, value) in held where matrix.elements.contains(where: { $0 != value }) {
          failures.withLock { $0 += 1 }
        }
      }
    }
    #expect(failures.withLock { $0 } == 0)
  }

  @Test func `threads count their own operations`() {
    let counts = Mutex<[Int]>([])
    DispatchQueue.concurrentPerform(iterations: 8) { thread in
      let x = Matrix(rows: 10, columns: thread + 1)
      let (_, operations) = OperationCounter.count { for _ in 0..<100 { _ = x + x } }
      counts.withLock { $0.append(operations) }
    }
    #expect(counts.withLock { $0.sorted() } == (1...8).map { $0 * 1000 })
  }
}
