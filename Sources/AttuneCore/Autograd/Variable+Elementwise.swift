internal import CKernels
internal import Foundation

extension Variable {
  /// The elementwise sum of two variables of one shape.
  public static func + (left: Variable, right: Variable) -> Variable {
    left.tape.record(.add, left.value + right.value, from: [left, right]) {
      [left = left.operand, right = right.operand] dy, gradients in
      gradients.add(dy, to: left)
      gradients.add(dy, to: right)
    }
  }

  /// The elementwise difference of two variables of one shape.
  public static func - (left: Variable, right: Variable) -> Variable {
    left.tape.record(.subtract, left.value - right.value, from: [left, right]) {
      [left = left.operand, right = right.operand] dy, gradients in
      gradients.add(dy, to: left)
      gradients.add(dy.scaled(by: -1), to: right)
    }
  }

  /// The elementwise product of two variables of one shape.
  public static func * (left: Variable, right: Variable) -> Variable {
    left.tape.record(.multiply, left.value.elementwiseProduct(right.value), from: [left, right]) {
      [left = left.operand, right = right.operand] dy, gradients in
      gradients.add(dy.elementwiseProduct(right.value), to: left)
      gradients.add(dy.elementwiseProduct(left.value), to: right)
    }
  }

  /// Every element times a constant.
  public func scaled(by factor: Float) -> Variable {
    tape.record(.scale, value.scaled(by: factor), from: [self]) { [x = operand] dy, gradients in
      gradients.add(dy.scaled(by: factor), to: x)
    }
  }

  /// Adds a vector `[1, d]` to every row of `[n, d]`.
  public func addingRow(_ row: Variable) -> Variable {
    tape.record(.addRow, value.addingRow(row.value), from: [self, row]) {
      [x = operand, row = row.operand] dy, gradients in
      gradients.add(dy, to: x)
      gradients.add(dy.columnSums, to: row)
    }
  }

  /// Multiplies every row of `[n, d]` elementwise by a vector `[1, d]`.
  public func multiplyingRow(_ row: Variable) -> Variable {
    tape.record(.multiplyRow, value.multiplyingRow(row.value), from: [self, row]) {
      [x = operand, row = row.operand] dy, gradients in
      gradients.add(dy.multiplyingRow(row.value), to: x)
      gradients.add(dy.elementwiseProduct(x.value).columnSums, to: row)
    }
  }

  /// `exp(x)` of every element.
  public func exponential() -> Variable {
    let output = value.mapped(attune_exp)
    return tape.record(.exponential, output, from: [self]) { [x = operand] dy, gradients in
      gradients.add(dy.elementwiseProduct(output), to: x)
    }
  }

  /// The natural logarithm of every element.
  public func logarithm() -> Variable {
    tape.record(.logarithm, value.map { log($0) }, from: [self]) { [x = operand] dy, gradients in
      gradients.add(dy.elementwiseProduct(x.value.map { 1 / $0 }), to: x)
    }
  }

  /// The square of every element.
  public func square() -> Variable {
    tape.record(.square, value.elementwiseProduct(value), from: [self]) { [x = operand] dy, gradients in
      gradients.add(dy.elementwiseProduct(x.value).scaled(by: 2), to: x)
    }
  }
}
