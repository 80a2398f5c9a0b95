internal import AttuneCore

/// What decides which input a row acquires next, and answers with what it has.
protocol AcquisitionPolicy: Sendable {
  /// Whether scores are estimates of the information, in nats, that an input brings: they are then divided by costs
  /// and held against a penalty, and nothing is acquired that brings none.
  var givesInformation: Bool { get }

  /// Logits or regression values, `[n, k]`, from the inputs that each row has.
  func answers(_ rows: MaskedRows) throws -> Matrix

  /// How much each row wants each input, `[n, d]`; those that it has already are not looked at.
  ///
  /// - Parameter answering: whether the answers are asked for too; they may be given in any case.
  func scores(_ rows: MaskedRows, answering: Bool) throws -> (scores: Matrix, answers: Matrix?)
}

/// Inputs that rows acquired one after the other.
struct Purchases: Sendable {
  /// The inputs of each row, in the order in which they were acquired.
  private(set) var orders: [[Int]]
  let costs: [Double]

  init(rows: Int, costs: [Double]) {
    orders = Array(repeating: [], count: rows)
    self.costs = costs
  }

  mutating func add(_ input: Int, to row: Int) { orders[row].append(input) }

  /// The inputs that each row has: all, or the first of them that a budget pays for.
  func mask(within budget: Double = .infinity) -> Matrix {
    let d = costs.count
    return Matrix(rows: orders.count, columns: d) { out in
      out.update(repeating: 0)
      for (row, order) in orders.enumerated() {
        var spent = 0.0
        for input in order {
          spent += costs[input]
          guard Self.isPaid(spent, by: budget) else { break }
          out[row * d + input] = 1
        }
      }
    }
  }

  /// What all inputs cost.
  var cost: Double { orders.joined().reduce(0) { $0 + costs[$1] } }

  /// Whether a budget pays for a sum of costs; ten times 0.1 is not more than 1.
  static func isPaid(_ sum: Double, by budget: Double) -> Bool { sum <= budget * (1 + 1e-12) }
}
