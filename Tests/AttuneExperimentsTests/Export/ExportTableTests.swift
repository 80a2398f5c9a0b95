import AttuneCore
import Foundation
import Testing

@testable import AttuneExperiments

@Suite struct ExportTableTests {
  private func row(_ values: [(String, ExportValue)]) -> ExportRow {
    values.reduce(into: ExportRow()) { $0.add($1.0, $1.1) }
  }

  @Test func `columns are those of all rows, and what is missing is empty`() {
    let table = ExportTable(
      [
        row([("a", .text("x")), ("b", .number(0.1 + 0.2))]), row([("c", .flag(true)), ("a", ExportValue(UInt64.max))]),
        row([("b", .number(.nan)), ("c", .missing)]),
      ], columns: ["z"])
    #expect(table.csv() == "z,a,b,c\r\n,x,0.30000000000000004,\r\n,18446744073709551615,,true\r\n,,nan,\r\n")
    #expect(
      table.jsonLines()
        == #"{"z":null,"a":"x","b":0.30000000000000004,"c":null}"# + "\n"
        + #"{"z":null,"a":18446744073709551615,"b":null,"c":true}"# + "\n"
        + #"{"z":null,"a":null,"b":null,"c":null}"# + "\n")
  }

  @Test(arguments: [
    ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""), ("a\r\nb", "\"a\r\nb\""), ("=1+1", "'=1+1"),
    ("@x,y", "\"'@x,y\""), ("-1", "'-1"),
  ])
  func `texts are quoted, and formulas guarded`(text: String, field: String) {
    #expect(ExportTable([row([("t", .text(text))])]).csv() == "t\r\n\(field)\r\n")
    #expect(ExportTable([row([(text, .number(-1))])]).csv() == "\(field)\r\n-1.0\r\n")
  }

  @Test func `a table without rows has its columns`() {
    #expect(ExportTable([], columns: ["run", "kind"]).csv() == "run,kind\r\n")
    #expect(ExportTable([], columns: ["run"]).jsonLines().isEmpty)
  }

  @Test func `a cell has its figures and the protocol`() throws {
    var results = HandMadeResults.make()
    results.cells[1].metrics = ["logLoss": Estimate(mean: 1.5, low: 1, high: 2)]
    let table = ExportTable(ExperimentRows(results).cells)
    func value(_ column: String, _ row: Int = 1) throws -> ExportValue {
      table.rows[row][try #require(table.columns.firstIndex(of: column), "\(column)")]
    }
    #expect(try value("training") == .text("plain") && value("inference") == .text("adapt"))
    #expect(try value("difference_mean") == .number(-0.0875) && value("verdict") == .text("helps"))
    #expect(try value("strategy") == .text("tent") && value("source_access") == .text("statistics"))
    #expect(try value("uses_labels") == .flag(false) && value("batch_size") == .integer("50"))
    #expect(try value("logLoss_mean") == .number(1.5) && value("logLoss_mean", 0) == .missing)
    #expect(try value("seeds") == .integer("3") && value("seeds_failed") == .integer("0"))
  }

  @Test func `settings have the names of their arms`() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "attune-settings-\(UUID().uuidString).yaml").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let text = """
      name: x
      seeds: [0, 1]
      training: [{name: a, optimizer: {kind: sgd, decay: null}}, {epochs: 3, steps: []}]
      scenarios: [{name: s, shifts: [{kind: noise}, {kind: blur}]}]
      """
    try Data(text.utf8).write(to: URL(filePath: path))
    let settings = try RunSetting.all(inConfig: path)
    #expect(
      settings == [
        RunSetting(section: "name", arm: nil, key: "", value: "x"),
        RunSetting(section: "seeds", arm: nil, key: "", value: "[0, 1]"),
        RunSetting(section: "training", arm: "a", key: "name", value: "a"),
        RunSetting(section: "training", arm: "a", key: "optimizer.kind", value: "sgd"),
        RunSetting(section: "training", arm: "a", key: "optimizer.decay", value: nil),
        RunSetting(section: "training", arm: "1", key: "epochs", value: "3"),
        RunSetting(section: "training", arm: "1", key: "steps", value: "[]"),
        RunSetting(section: "scenarios", arm: "s", key: "name", value: "s"),
        RunSetting(section: "scenarios", arm: "s", key: "shifts.0.kind", value: "noise"),
        RunSetting(section: "scenarios", arm: "s", key: "shifts.1.kind", value: "blur"),
      ])
    #expect(settings[3].path == "training.optimizer.kind" && settings[0].path == "name")
  }
}
