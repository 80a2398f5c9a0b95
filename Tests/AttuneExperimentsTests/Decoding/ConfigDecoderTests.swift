import AttuneExperiments
import Testing

@Suite struct ConfigDecoderTests {
  @Test func `an unknown key names its place, the nearest key and all that are allowed`() {
    let yaml = """
      name: test
      training:
        - name: first
        - name: second
          optimizer:
            momentm: 0.5
      """
    #expect(
      errorText { try decode(FileSettings.self, yaml) }
        == "x.yaml:6:7: training[1].optimizer.momentm: unknown key; did you mean 'momentum'? "
        + "Allowed here: clip, learningRate, momentum, nesterov")
  }

  @Test func `an unknown key that is near to none lists what is allowed`() {
    #expect(
      errorText { try decode(MomentumSettings.self, "dropout: 0.5") }
        == "x.yaml:1:1: dropout: unknown key; allowed here: clip, learningRate, momentum, nesterov")
  }

  @Test(arguments: [
    ("learning_rate", "learningRate"), ("LearningRate", "learningRate"), ("learning", "learningRate"),
    ("momentmu", "momentum"), ("mometnum", "momentum"), ("nestrov", "nesterov"), ("clipping", "clip"),
  ])
  func `the nearest key is found`(given: String, near: String) {
    #expect(
      errorText { try decode(MomentumSettings.self, "\(given): 1") }
        == "x.yaml:1:1: \(given): unknown key; did you mean '\(near)'? "
        + "Allowed here: clip, learningRate, momentum, nesterov")
  }

  @Test func `all unknown keys are reported at once, in the order of their lines`() {
    let yaml = """
      nme: test
      name: test
      training:
        - name: first
          epoch: 3
          optimizer: {lr: 1}
      extra: 1
      """
    #expect(
      errorText { try decode(FileSettings.self, yaml) } == """
        x.yaml:1:1: nme: unknown key; did you mean 'name'? Allowed here: name, training
        x.yaml:5:5: training[0].epoch: unknown key; did you mean 'epochs'? Allowed here: epochs, labels, name, \
        optimizer, schedule, seeds
        x.yaml:6:17: training[0].optimizer.lr: unknown key; allowed here: clip, learningRate, momentum, nesterov
        x.yaml:7:1: extra: unknown key; allowed here: name, training
        """)
  }

  @Test func `a wrong type names what was wanted and what came`() {
    let yaml = "name: test\ntraining:\n  - name: a\n    epochs: ten\n"
    #expect(
      errorText { try decode(FileSettings.self, yaml) }
        == "x.yaml:4:13: training[0].epochs: expected an integer, found 'ten'")
    #expect(
      errorText { try decode(FileSettings.self, "name: [a]\ntraining: []") }
        == "x.yaml:1:7: name: expected a string, found a sequence")
    #expect(
      errorText { try decode(FileSettings.self, "name: a\ntraining: {}") }
        == "x.yaml:2:11: training: expected a sequence, found a mapping")
    #expect(
      errorText { try decode(FileSettings.self, "name: a\ntraining: [3]") }
        == "x.yaml:2:12: training[0]: expected a mapping, found '3'")
    #expect(errorText { try decode(FileSettings.self, "- a") } == "x.yaml:1:1: expected a mapping, found a sequence")
  }

  @Test func `a missing key is reported with the misspelled one beside it`() {
    #expect(errorText { try decode(FileSettings.self, "name: a") } == "x.yaml:1:1: missing key 'training'")
    #expect(
      errorText { try decode(FileSettings.self, "name: a\ntrainng: []") } == """
        x.yaml:1:1: missing key 'training'
        x.yaml:2:1: trainng: unknown key; did you mean 'training'?
        """)
  }

  @Test func `a wrong type does not hide a misspelled key`() {
    #expect(
      errorText { try decode(MomentumSettings.self, "learningRate: fast\nmomentm: 1") } == """
        x.yaml:1:15: learningRate: expected a number, found 'fast'
        x.yaml:2:1: momentm: unknown key; did you mean 'momentum'? Allowed here: clip, learningRate, momentum, nesterov
        """)
  }

  @Test func `keys of a type that failed early are not called unknown`() {
    #expect(
      errorText { try decode(ArmSettings.self, "name: [1]\nseeds: [2]\nepochs: 3") }
        == "x.yaml:1:7: name: expected a string, found a sequence")
  }

  @Test func `an enumeration lists its values`() {
    #expect(
      errorText { try decode(ArmSettings.self, "schedule: cosin") }
        == "x.yaml:1:11: schedule: expected one of constant, cosine, step, found 'cosin'; did you mean 'cosine'?")
    #expect(
      errorText { try decode(ArmSettings.self, "schedule: linear") }
        == "x.yaml:1:11: schedule: expected one of constant, cosine, step, found 'linear'")
    #expect(
      errorText { try decode(ArmSettings.self, "schedule: {}") }
        == "x.yaml:1:11: schedule: expected a string, found a mapping")
  }

  @Test func `dictionaries, optionals in sequences, pairs and nested sequences decode`() throws {
    #expect(try decode([String: [Int?]].self, "a: [1, null, 3]\nb: []") == ["a": [1, nil, 3], "b": []])
    #expect(try decode([[Double]].self, "- [1, 2]\n- [.5]") == [[1, 2], [0.5]])
    #expect(try decode([Int: String].self, "'1': a") == [1: "a"])
    #expect(try decode(Set<String>.self, "[a, b, a]") == ["a", "b"])
    #expect(try decode(Int?.self, "~") == nil)
    #expect(
      errorText { try decode([String: Int].self, "a.b: x\n'': 2") }
        == "x.yaml:1:6: ['a.b']: expected an integer, found 'x'")
  }

  @Test func `messages stay in one line and stay short`() {
    let long = String(repeating: "x", count: 200)
    #expect(
      errorText { try decode(Values.self, "count: \"a\\n\\e[31m\"") }
        == #"x.yaml:1:8: count: expected an integer, found the string 'a\n\u{1B}[31m'"#)
    #expect(
      errorText { try decode(Values.self, "count: \(long)") }
        == "x.yaml:1:8: count: expected an integer, found '\(long.prefix(60))…'")
  }

  @Test func `at most a hundred problems are listed`() {
    let yaml = (0..<250).map { "key\($0): 1\n" }.joined()
    let lines = errorText { try decode(MomentumSettings.self, yaml) }.split(separator: "\n")
    #expect(lines.count == 101)
    #expect(lines.last == "… and 150 more")
  }

  @Test func `100,000 nodes in one mapping decode in good time`() throws {
    let yaml = (0..<49_999).map { "k\($0): 1\n" }.joined()
    #expect(try decode([String: Int].self, yaml).count == 49_999)
  }
}
