internal import AttuneCore

extension Corruption {
  /// One image, with white as 1; the result may leave `0...1`.
  func corrupted(_ image: GrayImage, using generator: inout Philox) -> GrayImage {
    switch corruption {
    case .gaussianNoise, .shotNoise, .impulseNoise, .speckleNoise: noisy(image, using: &generator)
    case .gaussianBlur, .glassBlur, .defocusBlur, .motionBlur, .zoomBlur: blurred(image, using: &generator)
    case .shear, .scale, .rotate, .translate, .elastic: warped(image, using: &generator)
    case .brightness, .contrast, .quantize, .pixelate, .jpeg, .inverse, .stripe, .cannyEdges: processed(image)
    case .fog, .spatter, .line, .dottedLine, .zigzag: covered(image, using: &generator)
    }
  }

  private func noisy(_ image: GrayImage, using generator: inout Philox) -> GrayImage {
    switch corruption {
    case .shotNoise: image.withShotNoise(rate: severityEntry([60, 25, 12, 5, 3]), using: &generator)
    case .impulseNoise: image.withImpulseNoise(share: severityEntry([0.03, 0.06, 0.09, 0.17, 0.27]), using: &generator)
    case .speckleNoise:
      image.withSpeckleNoise(deviation: severityEntry([0.15, 0.2, 0.35, 0.45, 0.6]), using: &generator)
    default: image.withNoise(deviation: severityEntry([0.08, 0.12, 0.18, 0.26, 0.38]), using: &generator)
    }
  }

  private func blurred(_ image: GrayImage, using generator: inout Philox) -> GrayImage {
    let unit = image.unit
    switch corruption {
    case .glassBlur:
      let sigma = severityEntry([0.7, 0.9, 1, 1.1, 1.5]), shift = Double(severityEntry([1, 2, 2, 3, 4]))
      return image.behindGlass(
        sigma: sigma * unit, maximumShift: max(1, Int((shift * unit).rounded())),
        iterations: severityEntry([2, 1, 3, 2, 2]),
        using: &generator)
    case .defocusBlur:
      let radius: Double = severityEntry([3, 4, 6, 8, 10])
      return image.outOfFocus(
        radius: max(1, radius * unit), softening: severityEntry([0.1, 0.5, 0.5, 0.5, 0.5]),
        softeningReach: radius > 8 ? 2 : 1)
    case .motionBlur:
      let angle = (2 * generator.nextUniformDouble() - 1) * .pi / 4
      return image.moved(
        radius: severityEntry([10, 15, 15, 15, 20]) * unit, sigma: severityEntry([3, 5, 8, 12, 15]) * unit, angle: angle
      )
    case .zoomBlur:
      // The last steps are those of the generator's ranges, which end before or at their bound as rounding has it.
      return image.approached(
        step: severityEntry([0.01, 0.01, 0.02, 0.02, 0.03]), count: severityEntry([12, 16, 11, 13, 11]))
    default:
      return image.blurred(sigma: severityEntry([1, 2, 3, 4, 6]) * unit)
    }
  }

  private func warped(_ image: GrayImage, using generator: inout Philox) -> GrayImage {
    let unit = image.unit, angles = [0.2, 0.4, 0.6, 0.8, 1]
    switch corruption {
    case .shear: return image.warped(by: .shear(severityEntry(angles) * generator.nextSign()))
    case .rotate: return image.warped(by: .rotation(severityEntry(angles) * generator.nextSign()))
    case .scale: return image.warped(by: .scale(1 / severityEntry([0.9, 0.8, 0.7, 0.6, 0.5])))
    case .translate:
      let distance = severityEntry([1, 2, 3, 4, 5]) * unit
      let right = generator.nextSign() * distance, down = generator.nextSign() * distance
      return image.warped { (row: $0 + down, column: $1 + right) }
    default:
      return image.elasticallyWarped(
        amplitude: severityEntry([56, 56, 1.4, 1.96, 3.36]) * unit,
        sigma: severityEntry([19.6, 2.24, 0.28, 0.28, 0.28]) * unit,
        corners: severityEntry([2.8, 5.6, 0.56, 0.56, 0.56]) * unit, using: &generator)
    }
  }

  private func processed(_ image: GrayImage) -> GrayImage {
    switch corruption {
    case .brightness:
      let amount = severityEntry([0.1, 0.2, 0.3, 0.4, 0.5])
      return image.map { $0 + amount }
    case .contrast:
      let factor = severityEntry([0.4, 0.3, 0.2, 0.1, 0.05]),
        mean = image.pixels.reduce(0, +) / Double(image.pixels.count)
      return image.map { (($0 - mean) * factor) + mean }
    case .quantize:
      let levels: Double = severityEntry([31, 15, 7, 3, 1])
      return image.map { ($0 * levels).rounded(.toNearestOrEven) / levels }
    case .pixelate: return image.pixelated(by: severityEntry([0.6, 0.5, 0.4, 0.3, 0.25]))
    case .jpeg: return image.compressed(quality: severityEntry([25, 18, 15, 10, 7]))
    case .inverse: return image.map { 1 - $0 }
    case .stripe: return image.striped
    default: return image.edges(sigma: image.unit, low: 0.1, high: 0.2)
    }
  }

  private func covered(_ image: GrayImage, using generator: inout Philox) -> GrayImage {
    switch corruption {
    case .fog:
      return image.inFog(
        amplitude: severityEntry([1.5, 2, 2.5, 2.5, 3]), decay: severityEntry([2, 2, 1.7, 1.5, 1.4]), using: &generator)
    case .spatter:
      return image.spattered(
        Spatter(
          mean: severityEntry([0.65, 0.65, 0.65, 0.65, 0.67]), deviation: severityEntry([0.3, 0.3, 0.3, 0.3, 0.4]),
          blur: severityEntry([4, 3, 2, 1, 1]), threshold: severityEntry([0.69, 0.68, 0.68, 0.65, 0.65]),
          softening: severityEntry([0.6, 0.6, 0.5, 1.5, 1.5])),
        using: &generator)
    case .line: return image.withLine(using: &generator)
    case .dottedLine: return image.withDottedLine(using: &generator)
    default: return image.withZigzag(using: &generator)
    }
  }
}

extension Philox {
  /// 1 or −1.
  fileprivate mutating func nextSign() -> Double { next() & 1 == 0 ? 1 : -1 }
}
