import AttuneCore
import Foundation
import Testing

@testable import AttuneData

/// Steps without random numbers against scikit-image, SciPy and Pillow; see Tests/References/make_corruption_fixtures.py.
@Suite struct CorruptionReferenceTests {
  private struct Fixture: Decodable {
    let image: [Float]
    let expected: [String: [Double]]
  }

  private let fixture: Fixture

  init() throws {
    let path = Repository.path("Tests/Fixtures/corruptions/references.json")
    fixture = try JSONDecoder().decode(Fixture.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// The image of the fixture, or its upper rows.
  private func image(rows: Int = 28) -> GrayImage {
    var image = GrayImage(height: rows, width: 28)
    for i in image.pixels.indices { image.pixels[i] = Double(fixture.image[i]) / 255 }
    return image
  }

  private func largestDifference(_ found: GrayImage, _ name: String) throws -> Double {
    let expected = try #require(fixture.expected[name])
    #expect(found.pixels.count == expected.count)
    return zip(found.pixels, expected).map { abs($0 - $1) }.max() ?? .infinity
  }

  private func corrupted(_ corruption: ImageCorruption, _ severity: Int? = nil, rows: Int = 28) -> GrayImage {
    var generator = Philox(seed: 1)
    return Corruption(corruption, severity: severity).corrupted(image(rows: rows), using: &generator)
  }

  /// Half of the fifth decimal, and roundings.
  private let tolerance = 6e-6

  @Test func `turned, sheared and shrunk images are those of scikit-image`() throws {
    let x = image()
    #expect(try largestDifference(x.warped(by: .rotation(0.4)), "rotate 0.4") < tolerance)
    #expect(try largestDifference(x.warped(by: .rotation(-1)), "rotate -1.0") < tolerance)
    #expect(try largestDifference(x.warped(by: .shear(0.4)), "shear 0.4") < tolerance)
    #expect(try largestDifference(x.warped(by: .shear(-1)), "shear -1.0") < tolerance)
    #expect(try largestDifference(corrupted(.scale, 3), "scale 0.7") < tolerance)
    #expect(try largestDifference(image(rows: 20).warped(by: .rotation(0.4)), "wide rotate 0.4") < tolerance)
  }

  @Test(arguments: [
    (ImageCorruption.gaussianBlur, 2, "gaussian-blur 2"), (.gaussianBlur, 5, "gaussian-blur 6"),
    (.defocusBlur, 1, "defocus-blur 1"), (.defocusBlur, 5, "defocus-blur 5"), (.zoomBlur, 1, "zoom-blur 1"),
    (.zoomBlur, 5, "zoom-blur 5"), (.pixelate, 3, "pixelate 3"), (.pixelate, 1, "pixelate 1"),
  ])
  func `blurs and blocks are those of SciPy and Pillow`(
    corruption: ImageCorruption, severity: Int, name: String
  ) throws {
    #expect(try largestDifference(corrupted(corruption, severity), name) < tolerance)
  }

  @Test func `edges are those of scikit-image`() throws {
    #expect(try largestDifference(corrupted(.cannyEdges), "canny-edges") == 0)
    #expect(try largestDifference(corrupted(.cannyEdges, rows: 20), "wide canny-edges") == 0)
    #expect(try largestDifference(corrupted(.gaussianBlur, 2, rows: 20), "wide gaussian-blur 2") < tolerance)
  }

  @Test(arguments: [(1, 28, "jpeg 1"), (5, 28, "jpeg 5"), (5, 20, "wide jpeg 5")])
  func `compressed images are those of libjpeg within one gray value`(severity: Int, rows: Int, name: String) throws {
    let found = corrupted(.jpeg, severity, rows: rows), expected = try #require(fixture.expected[name])
    // Its cosine transform works in integers: where a frequency lies close to a tie, one block takes the other step.
    let others = zip(found.pixels, expected).count { abs($0 - $1) > 1.1 / 255 }
    #expect(try others <= 64 && largestDifference(found, name) < 6 / 255, "\(others)")
  }
}
