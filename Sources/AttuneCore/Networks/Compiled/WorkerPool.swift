internal import CKernels
internal import Foundation
internal import Synchronization

/// Work that a pool's threads share: each does its part of a phase.
protocol PhasedWork: AnyObject {
  /// Does the part of `worker`, from 0 to the number of threads less one, of phase `phase`.
  func perform(_ phase: Int, worker: Int)
}

/// A few threads that live as long as the pool and meet after every phase.
///
/// Between phases of one training step they spin, as a step takes microseconds; where nothing comes they sleep.
final class WorkerPool {
  /// The number of threads, the caller's included.
  let count: Int
  private let shared = Shared()
  private var threads: [pthread_t] = []

  init(count: Int) {
    self.count = count
    for worker in 1..<max(1, count) {
      let start = Unmanaged.passRetained(Start(shared: shared, worker: worker))
      var thread = pthread_t()
      let status = pthread_create(
        &thread, nil,
        { argument in
          guard let argument else { return nil }
          let start = Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
          start.shared.serve(start.worker)
          return nil
        }, start.toOpaque())
      precondition(status == 0, "the system gives no more threads (\(status))")
      threads.append(thread)
    }
  }

  deinit {
    shared.announce { shared.isOver = true }
    for thread in threads { pthread_join(thread, nil) }
  }

  /// Runs a phase on all threads and returns when all are done; their operations count as the caller's.
  func run(_ phase: Int, of work: any PhasedWork) {
    guard count > 1 else { return work.perform(phase, worker: 0) }
    shared.pending.store(count - 1, ordering: .relaxed)
    shared.announce {
      shared.phase = phase
      shared.work = work
    }
    work.perform(phase, worker: 0)
    var turns = 0
    while shared.pending.load(ordering: .acquiring) > 0 {
      turns += 1
      if turns < 20_000 { attune_pause() } else { sched_yield() }
    }
    attune_count_operations(shared.operations.exchange(0, ordering: .relaxed))
  }

  private final class Start {
    let shared: Shared
    let worker: Int
    init(shared: Shared, worker: Int) { (self.shared, self.worker) = (shared, worker) }
  }

  /// What the threads see. `phase`, `work` and `isOver` are written before `generation` is and read after.
  private final class Shared: @unchecked Sendable {
    var phase = 0
    /// Whoever runs a phase holds it.
    unowned(unsafe) var work: (any PhasedWork)?
    var isOver = false
    let generation = Atomic<Int>(0)
    let pending = Atomic<Int>(0)
    let operations = Atomic<UInt64>(0)
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let news = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

    init() {
      pthread_mutex_init(mutex, nil)
      pthread_cond_init(news, nil)
    }

    deinit {
      pthread_cond_destroy(news)
      pthread_mutex_destroy(mutex)
      news.deallocate()
      mutex.deallocate()
    }

    func announce(_ write: () -> Void) {
      pthread_mutex_lock(mutex)
      write()
      generation.add(1, ordering: .releasing)
      pthread_cond_broadcast(news)
      pthread_mutex_unlock(mutex)
    }

    /// Waits for a generation after `seen`.
    private func next(after seen: Int) -> Int {
      for _ in 0..<20_000 {
        let now = generation.load(ordering: .acquiring)
        if now != seen { return now }
        attune_pause()
      }
      pthread_mutex_lock(mutex)
      while generation.load(ordering: .acquiring) == seen { pthread_cond_wait(news, mutex) }
      pthread_mutex_unlock(mutex)
      return generation.load(ordering: .acquiring)
    }

    func serve(_ worker: Int) {
      var seen = 0
      while true {
        seen = next(after: seen)
        if isOver { return }
        let before = attune_counted_operations()
        work?.perform(phase, worker: worker)
        operations.add(attune_counted_operations() &- before, ordering: .relaxed)
        pending.subtract(1, ordering: .releasing)
      }
    }
  }
}
