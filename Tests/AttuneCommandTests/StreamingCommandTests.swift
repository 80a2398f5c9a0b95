import AttuneCore
import AttuneData
import Foundation
import Testing

/// `attune train` and `attune predict` on files that are streamed.
@Suite(.serialized) struct StreamingCommandTests {
  private func config(_ more: String = "epochs: 2", path: String = "x.csv", streaming: Bool = true) -> String {
    """
    name: streamed
    data:
      source: {kind: csv, path: \(path), target: y, streaming: \(streaming)}
      task: regression
      split: {kind: random, trainFraction: 0.8}
    network: {kind: linear}
    training: [{name: sgd, optimizer: {kind: sgd, learningRate: 0.01}, batchSize: 256, \(more)}]

    """
  }

  private func writeRows(_ count: Int, columns: Int = 10, to path: String, last: String = "") throws {
    var generator = Philox(seed: 2), text = (1...columns).map { "x\($0)," }.joined() + "y\n"
    let cells = (0..<997).map { _ in "\(Float(generator.nextNormal()))," }
    for row in 0..<count {
      for column in 0..<columns { text += cells[(row &* 31 &+ column &* 7 &+ row / 997) % 997] }
      text += "\(row % 17)\n"
    }
    try write(text + last, to: path)
  }

  private func files(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  }

  @Test func `a streamed training writes the same model file, also when it was killed, and predicts the same`() throws {
    try inFolder { folder in
      try writeRows(9000, to: folder + "/x.csv")
      try write(config(streaming: false), to: folder + "/plain.yaml")
      try write(config(), to: folder + "/x.yaml")
      let plain = try attune("train", "plain.yaml", "-q", "-o", "plain.safetensors", in: folder)
      #expect(plain.code == 0, "\(plain.errors)")
      let bytes = FileManager.default.contents(atPath: folder + "/plain.safetensors")
      for round in 0..<4 {
        let run = try AttuneProcess(
          ["train", "x.yaml", "-o", "m.safetensors", "--checkpoint-every", "0"], in: folder)
        let deadline = Date(timeIntervalSinceNow: 60)
        if round < 3 {
          while !FileManager.default.fileExists(atPath: folder + "/m.safetensors.checkpoint"), run.process.isRunning,
            Date() < deadline
          { usleep(2000) }
          kill(run.process.processIdentifier, SIGKILL)
          _ = run.finish()
        } else {
          let outcome = run.finish()
          #expect(outcome.code == 0 && outcome.errors.contains("going on from the checkpoint"), "\(outcome.errors)")
          #expect(outcome.errors.contains("read x.csv, MB"))
          #expect(outcome.output.replacing("m.safetensors", with: "plain.safetensors") == plain.output)
        }
      }
      #expect(FileManager.default.contents(atPath: folder + "/m.safetensors") == bytes && bytes != nil)
      let left = try files(folder).filter { $0.hasPrefix(".attune-rows") }
      #expect(left.isEmpty, "\(left)")

      let predicted = try attune("predict", "--model", "m.safetensors", "--data", "x.csv", "-o", "y.npy", in: folder)
      #expect(predicted.code == 0 && predicted.errors == "9000 rows, 1 outputs each: y.npy\n", "\(predicted.errors)")
      #expect(try NPY.read(path: folder + "/y.npy").rows == 9000)
    }
  }

  @Test func `a bad cell at the end is exit 65 with its place, and nothing is left`() throws {
    try inFolder { folder in
      try writeRows(9000, to: folder + "/x.csv", last: "1,2,3,4,5,6,7,8,nine,10,11\n")
      try write(config(), to: folder + "/x.yaml")
      let before = try files(folder)
      let outcome = try attune("train", "x.yaml", "-q", "-o", "m.safetensors", in: folder)
      #expect(outcome.code == 65)
      #expect(
        outcome.errors.hasPrefix(
          "attune: error: ./x.csv: line 9002 (row 9001), column \"x9\": found \"nine\", expected a finite decimal number"
        ),
        "\(outcome.errors)")
      #expect(try files(folder) == before)
    }
  }

  @Test func `a full disk is exit 74, and nothing is left`() throws {
    try inFolder { folder in
      try writeRows(20_000, to: folder + "/x.csv")
      try write(config(), to: folder + "/x.yaml")
      let before = try files(folder)
      let outcome = try attune(
        "train", "x.yaml", "-q", "-o", "m.safetensors", in: folder, shell: "ulimit -f 64; exec \"$0\" \"$@\"")
      #expect(outcome.code == 74 && outcome.errors.contains("a temporary file for the rows"), "\(outcome.errors)")
      #expect(try files(folder) == before)
      try write(config() + "inference: [{strategy: none}]\nscenarios: [{name: clean}]\n", to: folder + "/run.yaml")
      let run = try attune("run", "run.yaml", "--output", "o", in: folder)
      #expect(run.code == 64 && run.errors.contains("is for the data.source of 'attune train'"), "\(run.errors)")
    }
  }

  /// The largest resident size of a process, in kilobytes; Linux keeps it in a file.
  private func peak(of arguments: [String], in folder: String) throws -> Int {
    let run = try AttuneProcess(arguments, in: folder)
    var peak = 0
    while run.process.isRunning {
      let status = try? String(contentsOfFile: "/proc/\(run.process.processIdentifier)/status", encoding: .utf8)
      let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      if let number = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) { peak = max(peak, number) }
      usleep(5000)
    }
    let outcome = run.finish()
    #expect(outcome.code == 0, "\(outcome.errors)")
    return peak
  }

  @Test func `memory does not grow with the file`() throws {
    try inFolder { folder in
      for (name, rows) in [("small", 60_000), ("large", 240_000)] {
        try writeRows(rows, to: folder + "/\(name).csv")
        try write(config("epochs: 1", path: "\(name).csv"), to: folder + "/\(name).yaml")
      }
      // About 7 and 28 MB of text, 2.6 and 10.6 MB of numbers.
      let train = try ["small", "large"].map {
        try peak(of: ["train", "\($0).yaml", "-q", "-o", "m.safetensors"], in: folder)
      }
      // The order of the rows grows by four bytes a row; 8 MB are for the luck of the allocator.
      #expect(train[0] > 0 && train[1] - train[0] < 8_000, "\(train)")
      let predict = try ["small", "large"].map {
        try peak(of: ["predict", "--model", "m.safetensors", "--data", "\($0).csv", "-o", "y.npy"], in: folder)
      }
      #expect(predict[1] - predict[0] < 8_000, "\(predict)")
    }
  }
}
