import AttuneExperiments
import Testing

@Suite struct ConfigOverrideTests {
  private let yaml = """
    name: test
    training:
      - name: adam
        epochs: 2
      - name: sgd
        optimizer: {momentum: 0.5}
    """

  private func result(_ changes: String...) throws -> FileSettings {
    try ConfigDecoder().decode(FileSettings.self, from: changed(changes))
  }

  private func changed(_ changes: [String]) throws -> ConfigNode {
    try ConfigParser.parse(text: yaml, file: "x.yaml").applying(changes.map(ConfigOverride.parse))
  }

  @Test func `a value is set by key, index and name`() throws {
    #expect(try result("name=other").name == "other")
    #expect(try result("training.0.epochs=5").training[0].epochs == 5)
    #expect(try result("training[0].epochs=6").training[0].epochs == 6)
    #expect(try result("training.sgd.optimizer.momentum=0.7").training[1].optimizer.momentum == 0.7)
  }

  @Test func `an arm without a name is found by its strategy, which is its name by default`() throws {
    let text = "inference: [{strategy: spar}, {name: rls, strategy: recursive-least-squares}]"
    let changed = try ConfigParser.parse(text: text, file: "x.yaml").applying([
      .parse("+inference.spar.alpha=0.9"), .parse("+inference.rls.forgetting=0.9"),
    ])
    let arms = changed.mapping?["inference"]?.sequence
    #expect(arms?[0].mapping?["alpha"]?.scalar?.text == "0.9" && arms?[1].mapping?["forgetting"]?.scalar?.text == "0.9")
  }

  @Test func `what the file leaves to its default may be set`() throws {
    let settings = try result("training.adam.optimizer.learningRate=0.01", "training.adam.seeds=[1, 2]")
    #expect(settings.training[0].optimizer == MomentumSettings(learningRate: 0.01))
    #expect(settings.training[0].seeds == [1, 2])
    #expect(try result("training.adam.labels={a: 1}").training[0].labels == ["a": 1])
  }

  @Test func `values are YAML`() throws {
    func value(_ text: String) throws -> ConfigNode? { try ConfigOverride.parse("a=\(text)").value }
    #expect(try value("1e-3")?.scalar == ConfigScalar("1e-3"))
    #expect(try value("'1,2'")?.scalar == ConfigScalar("1,2", style: .singleQuoted))
    #expect(try value("\"a\\\",b\"")?.scalar == ConfigScalar("a\",b", style: .doubleQuoted))
    #expect(try value("it's")?.scalar == ConfigScalar("it's"))
    #expect(try value("")?.isNull == true)
    #expect(try value("x=y")?.scalar == ConfigScalar("x=y"))
    #expect(try value("[1, [2, '3,4']]")?.sequence?.count == 2)
    #expect(try value("{}")?.mapping?.entries.isEmpty == true)
  }

  @Test func `errors in a value point to the override`() {
    #expect(
      errorText { try result("training.0.optimzer.momentum=3") }
        == "--set training.0.optimzer.momentum=3: training[0].optimzer: unknown key; did you mean 'optimizer'? "
        + "Allowed here: epochs, labels, name, optimizer, schedule, seeds")
    #expect(
      errorText { try result("training.0.epochs=ten") }
        == "--set training.0.epochs=ten: training[0].epochs: expected an integer, found 'ten'")
    #expect(
      errorText { try ConfigOverride.parse("a=[1,") }
        == "--set a=[1,: not valid YAML: did not find expected node content while parsing a flow node")
  }

  @Test func `a bare list is refused with its three meanings`() {
    #expect(
      errorText { try ConfigOverride.parse("seed=1,2") }
        == "--set seed=1,2: '1,2' could mean three things; for a list write seed=[1,2], for a string seed='1,2' with "
        + "the quotes reaching Attune, and for a sweep, an arm for each value, give it to --sweep")
  }

  @Test func `plus adds what is not there`() throws {
    #expect(try result("+training.1.epochs=4").training[1].epochs == 4)
    #expect(try result("+training.2={name: new}").training[2].name == "new")
    #expect(
      errorText { try result("+training.0.epochs=4") }
        == "--set +training.0.epochs=4: training[0].epochs: is already there, at x.yaml:4:13; leave out '+' to change it"
    )
  }

  @Test func `two pluses set or add`() throws {
    #expect(try result("++training.0.epochs=4").training[0].epochs == 4)
    #expect(try result("++training.1.epochs=4").training[1].epochs == 4)
    #expect(try result("++training.2={name: new}").training.count == 3)
  }

  @Test func `a tilde deletes`() throws {
    #expect(try result("~training.0.epochs").training[0].epochs == 10)
    #expect(try result("~training.adam").training.map(\.name) == ["sgd"])
    #expect(try result("~training.0.epochs=2").training[0].epochs == 10)
    #expect(
      errorText { try result("~training.0.epochs=3") }
        == "--set ~training.0.epochs=3: training[0].epochs: the value to delete is '3', found '2'; "
        + "leave out '=…' to delete whatever is there")
    #expect(
      errorText { try result("~training.0.epoch") }
        == "--set ~training.0.epoch: training[0].epoch: there is no such key to delete; did you mean 'epochs'? "
        + "Present: epochs, name")
  }

  @Test func `a path that leads nowhere names the nearest`() {
    #expect(
      errorText { try result("training.adm.epochs=1") }
        == "--set training.adm.epochs=1: training: there is no element 'adm' among its 2 elements; "
        + "did you mean 'adam'? Named here: adam, sgd")
    #expect(
      errorText { try result("training.2.epochs=1") }
        == "--set training.2.epochs=1: training: there is no element '2' among its 2 elements; indices are 0 to 1")
    #expect(
      errorText { try result("name.first=1") }
        == "--set name.first=1: name: 'test' is a single value and has no 'first'")
  }

  @Test(arguments: ["a..b=1", "=1", "a[0=1", "[0]=1", "a\\=1"]) func `a broken path is refused`(text: String) {
    #expect(
      errorText { try ConfigOverride.parse(text) }
        == "--set \(text): the path before '=' has an empty step or an open bracket; "
        + "write keys separated by dots, such as training.0.epochs=3")
  }

  @Test func `a dot in a key is escaped`() throws {
    #expect(try ConfigOverride.parse("a\\.b.c=1").path == ["a.b", "c"])
  }

  @Test func `a missing value is refused`() {
    #expect(
      errorText { try ConfigOverride.parse("seed") }
        == "--set seed: a value is missing; write path=value, such as seed=3")
  }

  @Test(arguments: ["#fff", "a #b", "b: 1", "- 1", "|", "!!str 3", "--- 3"])
  func `a value with a second meaning is refused`(text: String) {
    #expect(
      errorText { try ConfigOverride.parse("a=\(text)") }
        == "--set a=\(text): '\(text)' has another meaning in YAML; "
        + "put the text in quotes that reach Attune, such as a='…'")
  }

  @Test func `an endless path is refused`() {
    let text = Array(repeating: "a", count: 10_000).joined(separator: ".") + "=1"
    #expect(throws: ConfigError.self) { try ConfigOverride.parse(text) }
  }
}
