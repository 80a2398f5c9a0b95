/// Places the labels of points so that they cover neither each other nor points, as far as there is room.
struct LabelPlacement: Sendable {
  /// A rectangle of the drawing.
  struct Box: Sendable, Equatable {
    var left: Double
    var top: Double
    var width: Double
    var height: Double

    /// The area that two boxes share.
    func overlap(_ other: Box) -> Double {
      let width = min(left + self.width, other.left + other.width) - max(left, other.left)
      let height = min(top + self.height, other.top + other.height) - max(top, other.top)
      return width > 0 && height > 0 ? width * height : 0
    }
  }

  /// Where labels may go.
  let bounds: Box
  /// What they should not cover; every placed label joins in.
  private(set) var obstacles: [Box]

  init(bounds: Box, obstacles: [Box]) {
    self.bounds = bounds
    self.obstacles = obstacles
  }

  /// The box for a label of a size at a point: the place with the least overlap, and of equal ones the nearest.
  ///
  /// Places to the lower left come first: on the front, where lower and cheaper is better, nothing lies there.
  mutating func place(x: Double, y: Double, width: Double, height: Double) -> Box {
    var best = Box(left: x, top: y, width: width, height: height)
    var least = Double.infinity
    for distance in stride(from: 9.0, through: 93, by: 12) {
      for (dx, dy) in [(-1.0, 0.6), (-1, 1), (0, 1), (1, 1), (-1, 0), (1, 0), (1, -0.6), (0, -1), (-1, -1)] {
        let free = Box(
          left: x + dx * distance - (1 - dx) / 2 * width, top: y + dy * distance - (1 - dy) / 2 * height,
          width: width, height: height)
        let candidate = clamped(free)
        let covered = obstacles.reduce(0) { $0 + $1.overlap(candidate) }
        let cost = covered * 10 + distance
        if cost < least { (best, least) = (candidate, cost) }
      }
    }
    obstacles.append(best)
    return best
  }

  private func clamped(_ box: Box) -> Box {
    var box = box
    box.left = max(bounds.left, min(box.left, bounds.left + bounds.width - box.width))
    box.top = max(bounds.top, min(box.top, bounds.top + bounds.height - box.height))
    return box
  }
}
