import AttuneCore
import AttuneData
import AttuneInference
import Testing

struct StrategyRegistryTests {
  /// A strategy whose name the built-in one has.
  private struct Namesake: AdaptationStrategy {
    struct Configuration: Codable, Sendable, DefaultInitializable {}
    struct State: Codable, Sendable { let network: Network }
    static let name = Restandardization.name
    static let summary = ""
    static let sourceAccess = SourceAccess.none
    let configuration = Configuration()
    init(_ configuration: Configuration) {}
    func start(_ network: Network, in context: AdaptationContext) throws -> State { State(network: network) }
    func predict(_ batch: Matrix, _ state: inout State) throws -> Matrix { try state.network.predict(batch) }
  }

  @Test func `a name that is taken is an error and changes nothing`() {
    var registry = StrategyRegistry.builtIn
    #expect(throws: NameTaken.self) {
      try registry.register(contentsOf: [Namesake.self])
    }
    #expect(registry.all.count == StrategyRegistry.builtIn.all.count)
  }

  @Test func `a shift whose name is taken is an error`() throws {
    var registry = StrategyRegistry.builtIn
    let error = #expect(throws: NameTaken.self) { try registry.register(shifts: [Contrast.self]) }
    #expect(error?.description.contains("the shift Contrast has the name 'contrast'") == true)
  }
}
