/// A corruption of images, by its name in config files.
public enum ImageCorruption: String, Codable, Sendable, CaseIterable {
  /// Adds normal noise.
  case gaussianNoise = "gaussian-noise"
  /// Counts of a Poisson distribution, as of few photons.
  case shotNoise = "shot-noise"
  /// Black and white pixels.
  case impulseNoise = "impulse-noise"
  /// Multiplies by normal noise: ink varies, paper stays.
  case speckleNoise = "speckle-noise"
  /// Smooths.
  case gaussianBlur = "gaussian-blur"
  /// Swaps pixels with neighbors between two blurs, as behind frosted glass.
  case glassBlur = "glass-blur"
  /// Averages over a disk, as out of focus.
  case defocusBlur = "defocus-blur"
  /// Averages along a line of random direction, as of a moving camera.
  case motionBlur = "motion-blur"
  /// Averages over magnifications, as of an approaching camera.
  case zoomBlur = "zoom-blur"
  /// Slants to a random side.
  case shear
  /// Shrinks.
  case scale
  /// Turns to a random side.
  case rotate
  /// Moves along both axes, to random sides.
  case translate
  /// Warps by a smooth random field.
  case elastic
  /// Adds to all pixels.
  case brightness
  /// Moves all pixels toward the mean of the image.
  case contrast
  /// Rounds to fewer bits.
  case quantize
  /// Averages over blocks.
  case pixelate
  /// Compresses.
  case jpeg
  /// Swaps black and white.
  case inverse
  /// Swaps black and white in the left and right quarter.
  case stripe
  /// Lays a fractal cloud over the image.
  case fog
  /// Throws drops of dark gray.
  case spatter
  /// Draws a line.
  case line
  /// Draws a dotted line.
  case dottedLine = "dotted-line"
  /// Draws a zigzag.
  case zigzag
  /// Keeps the edges only.
  case cannyEdges = "canny-edges"

  /// Whether it comes in severities.
  public var hasSeverities: Bool {
    switch self {
    case .inverse, .stripe, .line, .dottedLine, .zigzag, .cannyEdges: false
    default: true
    }
  }

  /// The severity of the published benchmark; 5 where there is one form only.
  public var defaultSeverity: Int {
    switch self {
    case .glassBlur, .defocusBlur, .motionBlur, .elastic: 1
    case .gaussianBlur, .shear, .rotate: 2
    case .scale, .translate, .pixelate: 3
    case .impulseNoise, .spatter, .contrast: 4
    default: 5
    }
  }
}
