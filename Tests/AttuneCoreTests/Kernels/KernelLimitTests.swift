import CKernels
import Testing

/// What the table's normal numbers do not reach: values that are not finite, and bounds met exactly.
@Suite struct KernelLimitTests {
  @Test func `clamping keeps NaN, bounds infinities and leaves the bounds alone`() {
    var x = (0..<67).map { [Float.nan, .infinity, -.infinity, 2, -2, 1.5][$0 % 6] }
    attune_clamp(x.count, 2, &x)
    let expected = (0..<67).map { [Float.nan, 2, -2, 2, -2, 1.5][$0 % 6] }
    #expect(zip(x, expected).allSatisfy { $0.isNaN ? $1.isNaN : $0 == $1 })
  }

  @Test func `a soft threshold keeps NaN and infinities, and what meets it is zero`() {
    var x = (0..<67).map { [Float.nan, .infinity, -.infinity, 2, -2, -2.5, 0, -0.0][$0 % 8] }
    attune_soft_threshold(x.count, 2, &x)
    let expected = (0..<67).map { [Float.nan, .infinity, -.infinity, 0, 0, -0.5, 0, 0][$0 % 8] }
    #expect(zip(x, expected).allSatisfy { $0.isNaN ? $1.isNaN : $0 == $1 })
    var same: [Float] = [1e-30, -3, 7]
    attune_soft_threshold(3, 0, &same)
    #expect(same == [1e-30, -3, 7])
  }

  @Test func `squares that overflow Float are summed`() {
    #expect(attune_sum_of_squares(2, [1e30, 1e30]) == 2 * Double(Float(1e30)) * Double(Float(1e30)))
    #expect(attune_sum_of_squares(3, [1, .nan, 1]).isNaN)
  }

  @Test func `a row whose norm is the limit stays, and a longer one is limited`() {
    var x: [Float] = [3, 4, 0, 0, 6e30, 8e30]
    attune_limit_row_norms(3, 2, 5, &x)
    #expect(x[..<4] == [3, 4, 0, 0])
    #expect(abs(x[4] - 3) < 1e-6 && abs(x[5] - 4) < 1e-6)
  }

  @Test func `a second moment of NaN is not hidden by the maximum`() {
    let settings = attune_adam_settings(
      weight1: 0.1, beta2: 0.9, weight2: 0.1, epsilon: 1e-8, coupled_decay: 0, shrink: 1, step_size: 1,
      inverse_correction: 1)
    var parameter: [Float] = [1, 1], first: [Float] = [0, 0], second: [Float] = [1, 1], maximum: [Float] = [2, 2]
    withUnsafePointer(to: settings) { attune_adam(2, $0, [.nan, 1], &parameter, &first, &second, &maximum) }
    #expect(maximum[0].isNaN && maximum[1] == 2)
    #expect(parameter[0].isNaN && parameter[1].isFinite)
  }
}
