internal import ArgumentParser
internal import AttuneExperiments
internal import Foundation

/// `attune runs diff`: two runs beside each other.
struct RunsDiffCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare two runs: settings, data, version, then the figures of equal cells.",
    discussion: """
      A difference is the second run's figure less the first's, over the seeds that both have, paired, with its 95 % \
      interval. Lower figures are better.
      """)

  @Argument(help: "The first run.")
  var first: String

  @Argument(help: "The second run.")
  var second: String

  @OptionGroup var options: RunsOptions

  @Flag(help: "Print JSON.")
  var json = false

  func run() async throws {
    let comparison = try RunComparison(try options.folder(of: first), try options.folder(of: second))
    try Console.output(json ? try RunFolder.json(comparison) : Self.text(comparison))
  }

  static func text(_ comparison: RunComparison) -> String {
    var text = ""
    for (title, differences) in [("settings", comparison.settings), ("facts", comparison.facts)] {
      text += differences.isEmpty ? "\(title): the same\n" : "\(title) that differ\n"
      for difference in differences {
        text += "  \(difference.name): \(difference.first ?? "not set") → \(difference.second ?? "not set")\n"
      }
    }
    guard !comparison.cells.isEmpty else { return text + "\nno cell is in the results of both runs\n" }
    text +=
      "\n"
      + PlainTable.lines(
        ["scenario", "training", "inference", "first", "second", "difference", "low", "high", "seeds", ""],
        comparison.cells.map(row), right: [3, 4, 5, 6, 7, 8])
    if comparison.others > 0 { text += "\n\(RunCommand.counted(comparison.others, "cell")) in one of the runs only\n" }
    return text
  }

  private static func row(_ cell: RunComparison.Cell) -> [String] {
    let words: String
    if cell.pairs == 0 {
      words = "no seed finished in both"
    } else if cell.isEqual {
      words = "equal to the bit"
    } else if cell.pairs > 1, let difference = cell.difference, difference.high < 0 || difference.low > 0 {
      words = difference.high < 0 ? "better" : "worse"
    } else {
      words = "no difference shown"
    }
    return [
      cell.scenario, cell.training, cell.inference, PlainTable.figure(cell.first), PlainTable.figure(cell.second),
      PlainTable.figure(cell.difference?.mean), PlainTable.figure(cell.difference?.low),
      PlainTable.figure(cell.difference?.high), "\(cell.pairs)", words,
    ]
  }
}
