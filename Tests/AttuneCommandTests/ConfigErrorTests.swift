import Foundation
import Testing

/// Config errors stop a run before it starts, with place, path and cure.
@Suite struct ConfigErrorTests {
  @Test(arguments: [
    (
      "epochs: 1", "epoch: 1",
      "x.yaml:12:5: training[0].epoch: unknown key; did you mean 'epochs'? Allowed here: augmentation, averaging, "
        + "batchSize, earlyStopping, epochs, features, gradientClipping, groups, l1, labelSmoothing, maxNorm, mixup, name, network, "
        + "optimizer, schedule, solver, validation"
    ),
    ("epochs: 1", "epochs: many", "x.yaml:12:13: training[0].epochs: expected an integer, found 'many'"),
    ("epochs: 1", "epochs: -1", "x.yaml:12:13: training[0].epochs: must be an integer of at least 0, found '-1'"),
    (
      "strategy: bn-batch", "strategy: bn-bach",
      "x.yaml:15:26: inference[1].strategy: unknown strategy, found 'bn-bach'; did you mean 'bn-batch'? Known: "
    ),
  ])
  func `an error in the file has its place and its cure`(old: String, new: String, message: String) throws {
    try inFolder { folder in
      try write(smallConfig.replacing(old, with: new), to: folder + "/x.yaml")
      for command in [["run", "x.yaml"], ["run", "x.yaml", "--dry-run"], ["train", "x.yaml", "-o", "m.safetensors"]] {
        let outcome = try AttuneProcess(command, in: folder).finish()
        #expect(outcome.code == 64)
        // The list of known strategies grows.
        let shown = message.hasSuffix("Known: ") ? String(outcome.errors.prefix(15 + message.count)) : outcome.errors
        #expect(shown == "attune: error: \(message)" + (message.hasSuffix("Known: ") ? "" : "\n"))
        #expect(outcome.output.isEmpty)
      }
    }
  }

  @Test(arguments: [
    (
      "seed=1,2",
      "--set seed=1,2: '1,2' could mean three things; for a list write seed=[1,2], for a string seed='1,2' with the "
        + "quotes reaching Attune, and for a sweep, an arm for each value, give it to --sweep"
    ),
    (
      "training.sgd.epoch=2",
      "--set training.sgd.epoch=2: training[0].epoch: unknown key; did you mean 'epochs'? Allowed here: augmentation, "
        + "averaging, batchSize, earlyStopping, epochs, features, gradientClipping, groups, l1, labelSmoothing, maxNorm, mixup, "
        + "name, network, optimizer, schedule, solver, validation"
    ),
    ("training.sgd.epochs", "--set training.sgd.epochs: a value is missing; write path=value, such as seed=3"),
  ])
  func `an error in an override names the override`(override: String, message: String) throws {
    try inFolder { folder in
      try write(smallConfig, to: folder + "/x.yaml")
      for command in [["run", "x.yaml", override], ["run", "x.yaml", "--set", override]] {
        let outcome = try AttuneProcess(command, in: folder).finish()
        #expect(outcome.code == 64)
        #expect(outcome.errors == "attune: error: \(message)\n")
      }
    }
  }

  @Test func `a missing config and a missing data file are exit 66`() throws {
    try inFolder { folder in
      let config = try attune("run", "nope.yaml", in: folder)
      let cure = "No such file or directory; check the path and the current folder\n"
      #expect(config.code == 66)
      #expect(config.errors == "attune: error: cannot read 'nope.yaml': \(cure)")
      try write(smallConfig.replacing("digits.csv", with: "digit.csv"), to: folder + "/x.yaml")
      let data = try attune("run", "x.yaml", "--quiet", in: folder)
      #expect(data.code == 66)
      #expect(data.errors == "attune: error: cannot read '\(repository)/datasets/digit.csv': \(cure)")
      // A run that could not start leaves no folder.
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/runs").isEmpty)
    }
  }

  @Test func `a bad cell is exit 65 with line, row, column and value`() throws {
    try inFolder { folder in
      try write("a,b,target\n1,2,0\n3,n/a,1\n5,6,0\n", to: folder + "/rows.csv")
      try write(
        smallConfig.replacing("\(repository)/datasets/digits.csv", with: "\(folder)/rows.csv"), to: folder + "/x.yaml")
      let outcome = try attune("run", "x.yaml", "--quiet", in: folder)
      #expect(outcome.code == 65)
      #expect(
        outcome.errors.hasPrefix(
          "attune: error: \(folder)/rows.csv: line 3 (row 2), column \"b\": found \"n/a\", expected a finite decimal "
            + "number"), "\(outcome.errors)")
    }
  }

  @Test func `a shift that does not fit the data is exit 64`() throws {
    try inFolder { folder in
      try write(
        smallConfig.replacing("{name: clean}", with: "{name: turned, shifts: [{kind: rotation, degrees: 9}]}"),
        to: folder + "/x.yaml")
      let outcome = try attune("run", "x.yaml", "--quiet", in: folder)
      #expect(outcome.code == 64)
      #expect(outcome.errors.hasPrefix("attune: error: scenario 'turned': rotation: "))
    }
  }
}
