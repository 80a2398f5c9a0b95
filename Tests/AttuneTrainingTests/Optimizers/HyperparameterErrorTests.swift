import Testing

@testable import AttuneTraining

@Suite struct HyperparameterErrorTests {
  private func message(_ make: () throws -> Void) -> String {
    do {
      try make()
      return "accepted"
    } catch { return "\(error)" }
  }

  @Test func `SGD says which setting is wrong and what would be right`() {
    #expect(
      message { _ = try SGD(learningRate: -0.1) } == "sgd: learningRate is -0.1; give a finite number of at least 0")
    #expect(
      message { _ = try SGD(momentum: .nan) } == "sgd: momentum is nan; give a finite number of at least 0")
    #expect(
      message { _ = try SGD(weightDecay: -1) } == "sgd: weightDecay is -1.0; give a finite number of at least 0")
    #expect(
      message { _ = try SGD(momentum: 0.9, dampening: .infinity) } == "sgd: dampening is inf; give a finite number")
  }

  @Test func `Nesterov wants momentum and no dampening`() {
    #expect(
      message { _ = try SGD(nesterov: true) } == "sgd: nesterov without momentum; give a momentum, for example 0.9")
    #expect(
      message { _ = try SGD(momentum: 0.9, dampening: 0.1, nesterov: true) }
        == "sgd: nesterov with dampening 0.1; set dampening to 0")
    #expect(message { _ = try SGD(momentum: 0.9, nesterov: true) } == "accepted")
  }

  @Test func `Adam and AdamW refuse betas outside 0..<1`() {
    #expect(message { _ = try Adam(beta1: 1) } == "adam: beta1 is 1.0; give a number of at least 0 and below 1")
    #expect(message { _ = try Adam(beta2: -0.1) } == "adam: beta2 is -0.1; give a number of at least 0 and below 1")
    #expect(message { _ = try Adam(epsilon: -1) } == "adam: epsilon is -1.0; give a finite number of at least 0")
    #expect(message { _ = try AdamW(beta2: .nan) } == "adamw: beta2 is nan; give a number of at least 0 and below 1")
    #expect(
      message { _ = try AdamW(weightDecay: -1) } == "adamw: weightDecay is -1.0; give a finite number of at least 0")
    #expect(message { _ = try Adam(beta1: 0, beta2: 0, epsilon: 0) } == "accepted")
  }

  @Test func `RMSprop refuses what would never learn the scale`() {
    #expect(message { _ = try RMSprop(alpha: 1) } == "rmsprop: alpha is 1.0; give a number of at least 0 and below 1")
    #expect(
      message { _ = try RMSprop(momentum: -0.5) } == "rmsprop: momentum is -0.5; give a finite number of at least 0")
    #expect(
      message { _ = try RMSprop(learningRate: .infinity) }
        == "rmsprop: learningRate is inf; give a finite number of at least 0")
  }

  @Test func `the other adaptive rules name what they refuse`() {
    #expect(
      message { _ = try NAdam(momentumDecay: -1) } == "nadam: momentumDecay is -1.0; give a finite number of at least 0"
    )
    #expect(message { _ = try RAdam(beta2: 1) } == "radam: beta2 is 1.0; give a number of at least 0 and below 1")
    #expect(
      message { _ = try Adagrad(learningRateDecay: -1) }
        == "adagrad: learningRateDecay is -1.0; give a finite number of at least 0")
    #expect(message { _ = try Adadelta(rho: 1) } == "adadelta: rho is 1.0; give a number of at least 0 and below 1")
    #expect(
      message { _ = try Adamax(epsilon: .nan) } == "adamax: epsilon is nan; give a finite number of at least 0")
  }
}
