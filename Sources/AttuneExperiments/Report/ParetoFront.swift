/// The points that no other point beats in both directions.
enum ParetoFront {
  /// Costs that differ by less than this share count as equal: measured latencies of the same work differ by about as
  /// much.
  static let tolerance = 0.05

  /// Indices of the points for which no other one is better while its cost `x` is at most `tolerance` higher, from left
  /// to right; of equal points the cheapest, then the first.
  static func indices(_ points: [(x: Double, y: Double)], tolerance: Double = tolerance) -> [Int] {
    let order = points.indices.sorted {
      (points[$0].x, points[$0].y, $0) < (points[$1].x, points[$1].y, $1)
    }
    var front: [Int] = []
    for (place, index) in order.enumerated() {
      let point = points[index]
      let isBeaten = order.enumerated().contains { otherPlace, other in
        if points[other].y == point.y { return otherPlace < place }
        return points[other].y < point.y && points[other].x <= point.x * (1 + tolerance)
      }
      if !isBeaten { front.append(index) }
    }
    return front
  }
}
