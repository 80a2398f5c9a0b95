internal import AttuneCore

/// Rows of which some inputs are known, with the mask that says which.
struct MaskedRows: Sendable {
  /// The inputs, 0 where they are not known, `[n, d]`.
  let known: Matrix
  /// 1 where an input is known, else 0, `[n, d]`; a value between counts as that share of it.
  let mask: Matrix

  init(_ inputs: Matrix, mask: Matrix) {
    self.mask = mask
    precondition(inputs.shape == mask.shape, "a mask \(mask.shape) of inputs \(inputs.shape)")
    // A product would let an unknown NaN through.
    known = Matrix(rows: inputs.rows, columns: inputs.columns) { out in
      inputs.withElements { x in
        mask.withElements { m in
          for i in 0..<inputs.count { out[i] = m[i] == 0 ? 0 : x[i] * m[i] }
        }
      }
    }
    OperationCounter.add(inputs.count)
  }

  /// `[x · m, m]`, what the networks see, `[n, 2d]`.
  var joined: Matrix { Matrix.concatenatingColumns(known, mask) }
}

extension Matrix {
  /// Two matrices of equally many rows side by side.
  static func concatenatingColumns(_ left: Matrix, _ right: Matrix) -> Matrix {
    precondition(left.rows == right.rows, "\(left.rows) and \(right.rows) rows side by side")
    let (l, r) = (left.columns, right.columns)
    return Matrix(rows: left.rows, columns: l + r) { out in
      left.withElements { a in
        right.withElements { b in
          for i in 0..<left.rows {
            for j in 0..<l { out[i * (l + r) + j] = a[i * l + j] }
            for j in 0..<r { out[i * (l + r) + l + j] = b[i * r + j] }
          }
        }
      }
    }
  }
}
