import AttuneCore
import CKernels
import Foundation
import Testing

/// Every function of the kernels' header against its scalar twin in Double.
@Suite struct KernelTests {
  /// Around the widths of vectors and of a strip of columns, and beyond.
  static let sizes = [0, 1, 15, 16, 17, 63, 64, 65, 1000]

  @Test func `every function of the header has a row in the table`() throws {
    let header = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "Sources/CKernels/include/attune_kernels.h")
    let text = try String(contentsOf: header, encoding: .utf8)
    let declared = Set(text.matches(of: /(attune_[a-z0-9_]+)\s*\(/).map { String($0.output.1) })
    #expect(declared.count > 30)
    #expect(declared == Set(KernelCase.all.map(\.name)))
    #expect(Set(KernelCase.all.map(\.name)).count == KernelCase.all.count)
  }

  @Test(arguments: KernelCase.all, sizes) func `a kernel equals its twin`(kernel: KernelCase, size: Int) {
    for (rows, columns) in [(1, size), (3, size), (size, 1), (size, 3)] where columns > 0 || !kernel.needsColumns {
      var generator = Philox(seed: 5).fork(kernel.name).fork(rows).fork(columns)
      for comparison in kernel.run(rows, columns, &generator) {
        #expect(comparison.failure == nil, "\(kernel.name) of [\(rows), \(columns)]")
      }
    }
  }

  @Test func `a comparison can fail`() {
    #expect(Comparison("y", [1.0000002], [Twin(1)], roundings: 2).failure != nil)
    #expect(Comparison("y", [.nan], [Twin(1)], roundings: 2).failure != nil)
    #expect(Comparison("y", [], [Twin(1)], roundings: 2).failure != nil)
    #expect(Comparison("y", [1.0000001], [Twin(1)], roundings: 2).failure == nil)
  }
}
