import AttuneCore
import Foundation
import Testing

@testable import AttuneData

@Suite struct DatasetTests {
  @Test(arguments: ["digits.csv", "diabetes.csv", "trump-approval.csv", "phishing.csv"])
  func `the file has the hash that the readme states`(name: String) throws {
    let readme = try String(contentsOfFile: Repository.path("datasets/README.md"), encoding: .utf8)
    let line = try #require(readme.split(separator: "\n").first { $0.hasPrefix("| `\(name)` | `") })
    let stated = line.split(separator: "`")[3]
    #expect(stated.count == 64)
    let process = Process(), output = Pipe()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/sha256sum")
    process.arguments = [Repository.path("datasets/\(name)")]
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(text.hasPrefix(stated + " "))
  }

  @Test func `digits load with the counts of the readme`() throws {
    let table = try CSVTableLoader.load(
      path: Repository.path("datasets/digits.csv"), target: "target", task: .classification)
    #expect(table.features.shape == Shape(rows: 1797, columns: 64))
    #expect(table.columnNames.first == "pixel_0_0" && table.columnNames.last == "pixel_7_7")
    #expect(table.features.elements.allSatisfy { (0...16).contains($0) && $0 == $0.rounded() })
    guard case .classes(let labels, let names) = table.targets else {
      Issue.record("no classes")
      return
    }
    #expect(names == (0..<10).map(String.init))
    let counts = (0..<10).map { digit in labels.count { $0 == digit } }
    #expect(counts == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180])
  }

  @Test func `diabetes loads with the columns of the readme`() throws {
    let table = try CSVTableLoader.load(
      path: Repository.path("datasets/diabetes.csv"), target: "target", task: .regression)
    #expect(table.columnNames == ["age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"])
    #expect(table.features.row(0) == [59, 2, 32.1, 101, 157, 93.2, 38, 4, 4.8598, 87])
    guard case .values(let values) = table.targets else {
      Issue.record("no values")
      return
    }
    #expect(values.shape == Shape(rows: 442, columns: 1))
    #expect(values[0, 0] == 151 && values.elements.min() == 25 && values.elements.max() == 346)
  }
}
