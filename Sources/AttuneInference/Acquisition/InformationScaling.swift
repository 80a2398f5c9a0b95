internal import AttuneCore
internal import Foundation

/// How outputs of a value network become estimates of conditional mutual information, in nats.
public enum InformationScaling: String, Codable, Sendable, CaseIterable {
  /// `sigmoid(v) · H`, between 0 and the entropy H of the present answer; classification only.
  case bounded
  /// `ln(1 + exp(v))`, above 0.
  case positive
  /// `v`, which may be negative.
  case none

  /// The estimates and their derivatives by the outputs, `[n, d]` each.
  ///
  /// - Parameter answers: logits of the same rows, whose entropy is the bound.
  func information(_ values: Matrix, answers: Matrix) -> (estimates: Matrix, derivatives: Matrix) {
    let (n, d) = (values.rows, values.columns), entropies = self == .bounded ? answers.rowEntropies().elements : []
    var derivatives = Matrix(rows: n, columns: d, repeating: 1)
    OperationCounter.add(4 * n * d)
    let estimates = Matrix(rows: n, columns: d) { out in
      derivatives.withMutableElements { slope in
        values.withElements { v in
          for i in 0..<n * d {
            let share = 1 / (1 + exp(-v[i]))
            switch self {
            case .bounded:
              let entropy = entropies[i / d]
              out[i] = share * entropy
              slope[i] = share * (1 - share) * entropy
            case .positive:
              out[i] = max(v[i], 0) + log(1 + exp(-abs(v[i])))
              slope[i] = share
            case .none: out[i] = v[i]
            }
          }
        }
      }
    }
    return (estimates, derivatives)
  }
}
