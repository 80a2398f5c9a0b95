extension GrayImage {
  /// Canny's edges, white on black.
  ///
  /// The image is smoothed, black beyond its edge but without growing darker there; its gradient taken by Sobel's
  /// kernels; a pixel kept where its gradient is at least `low` and not below that of the two places one step along the
  /// gradient, which are interpolated; and of each connected set of kept pixels all, if one of them reaches `high`.
  ///
  /// - Source: Canny (1986), A computational approach to edge detection, doi:10.1109/TPAMI.1986.4767851; thresholds and
  ///   borders as in scikit-image.
  func edges(sigma: Double, low: Double, high: Double) -> GrayImage {
    let weight = map { _ in 1 }.blurred(sigma: sigma, border: .zero)
    var smooth = blurred(sigma: sigma, border: .zero)
    for i in smooth.pixels.indices { smooth.pixels[i] /= weight.pixels[i] }
    let down = smooth.correlated([-1, 0, 1], alongRows: false, .reflected)
      .correlated([1, 2, 1], alongRows: true, .reflected)
    let right = smooth.correlated([-1, 0, 1], alongRows: true, .reflected)
      .correlated([1, 2, 1], alongRows: false, .reflected)
    var strength = down
    for i in strength.pixels.indices {
      let (y, x) = (down.pixels[i], right.pixels[i])
      strength.pixels[i] = (x * x + y * y).squareRoot()
    }
    var kept = GrayImage(height: height, width: width)
    // The pixels of the frame have no neighbors on one side.
    for row in stride(from: 1, to: height - 1, by: 1) {
      for column in stride(from: 1, to: width - 1, by: 1) {
        let value = strength[row, column]
        guard value >= low, value > 0 else { continue }
        let (y, x) = (down[row, column], right[row, column])
        let isPeak = strength.isPeak(row: row, column: column, down: y, right: x)
        if isPeak { kept[row, column] = value }
      }
    }
    return kept.connected(to: high)
  }

  private func isPeak(row: Int, column: Int, down: Double, right: Double) -> Bool {
    let (stepDown, stepRight) = (down >= 0 ? 1 : -1, right >= 0 ? 1 : -1)
    let isSteep = abs(down) > abs(right)
    // One step along the larger component: between the neighbor straight ahead and the one in the corner.
    let corner = isSteep ? abs(right) / abs(down) : abs(down) / abs(right)
    return [1, -1].allSatisfy { side in
      let straight = isSteep ? self[row + side * stepDown, column] : self[row, column + side * stepRight]
      let diagonal = self[row + side * stepDown, column + side * stepRight]
      return diagonal * corner + straight * (1 - corner) <= self[row, column]
    }
  }

  /// White where a pixel above 0 is connected, also by corners, to one of at least `high`.
  private func connected(to high: Double) -> GrayImage {
    var result = GrayImage(height: height, width: width)
    var open = pixels.indices.filter { pixels[$0] >= high && pixels[$0] > 0 }
    for place in open { result.pixels[place] = 1 }
    while let place = open.popLast() {
      let row = place / width, column = place % width
      for r in max(row - 1, 0)...min(row + 1, height - 1) {
        for c in max(column - 1, 0)...min(column + 1, width - 1) where self[r, c] > 0 && result[r, c] == 0 {
          result[r, c] = 1
          open.append(r * width + c)
        }
      }
    }
    return result
  }
}
