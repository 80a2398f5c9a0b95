import AttuneCore
import Foundation
import Testing

@testable import AttuneData

enum PublishedData {
  static let root = ProcessInfo.processInfo.environment["ATTUNE_DATA"]
}

/// Published data sets below the folder that the environment variable ATTUNE_DATA names.
@Suite(.enabled(if: PublishedData.root != nil, "set ATTUNE_DATA to the folder with the data sets"))
struct PublishedDataTests {
  private func path(_ relative: String) throws -> String { try #require(PublishedData.root) + "/" + relative }

  @Test(arguments: [("mnist", 0.130660, 0.308108), ("fashion-mnist", 0.286041, 0.353024)])
  func `images have the published mean and deviation`(name: String, mean: Double, deviation: Double) throws {
    let table = try IDXTableLoader.load(
      images: path("\(name)/train-images-idx3-ubyte.gz"), labels: path("\(name)/train-labels-idx1-ubyte.gz"),
      task: .classification)
    #expect(table.features.shape == Shape(rows: 60_000, columns: 784))
    #expect(table.image == ImageShape(height: 28, width: 28))
    #expect(table.targets.classNames == (0..<10).map(String.init))
    let sums = table.features.withElements { pixels in
      pixels.reduce(into: (0.0, 0.0)) { sums, pixel in
        let value = Double(pixel) / 255
        sums = (sums.0 + value, sums.1 + value * value)
      }
    }
    let n = Double(table.features.count), found = sums.0 / n
    #expect(abs(found - mean) < 5e-7)
    #expect(abs((sums.1 / n - found * found).squareRoot() - deviation) < 5e-7)
  }

  @Test func `the batches of the gas sensors have their sizes and classes`() throws {
    let sizes = [1: 445, 2: 1244, 3: 1586, 4: 161, 5: 197, 6: 2300, 8: 294, 9: 470]
    for (batch, size) in sizes {
      let table = try LIBSVMTableLoader.load(path: path("gas-drift/batch\(batch).dat"), task: .classification)
      #expect(table.features.shape == Shape(rows: size, columns: 128))
      #expect(table.targets.classNames?.count == (3...5 ~= batch ? 5 : 6))
    }
    let values = try LIBSVMTableLoader.load(path: path("gas-drift/batch1.dat"), features: 128, task: .regression)
    #expect(values.features[0, 0] == 15596.1621 && values.targets.rows(at: [0]) == .values(Matrix([[10]])))
  }

  @Test(arguments: [("bostonHousing", 506), ("yacht", 308)])
  func `the published lists split all rows`(name: String, count: Int) throws {
    let rows = Table(
      features: Matrix(rows: count, columns: 1, (0..<count).map(Float.init)), targets: .none, columnNames: ["row"])
    for split in 0..<20 {
      let lists = try ["train", "test"].map { part in
        try RowList.read(path: path("uci-splits/\(name)/index_\(part)_\(split).txt"))
      }
      let (train, test) = try rows.split(train: lists[0], test: lists[1])
      #expect(train.count + test.count == count)
      #expect(Set(train.features.elements).union(test.features.elements).count == count)
    }
  }
}
