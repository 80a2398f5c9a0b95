import AttuneCore
import Foundation
import Testing

@testable import AttuneTraining

@Suite struct OptimizerConfigurationTests {
  @Test(arguments: OptimizerConfiguration.kinds)
  func `a plain name gives the rule with its defaults`(kind: String) throws {
    let configuration = try JSONDecoder().decode(OptimizerConfiguration.self, from: Data("\"\(kind)\"".utf8))
    let rule = try configuration.make()
    #expect(type(of: rule).name == kind)
    #expect(rule.learningRate == Self.learningRates[kind])
  }

  static let learningRates: [String: Double] = [
    "sgd": 1e-3, "adam": 1e-3, "adamw": 1e-3, "rmsprop": 1e-2, "nadam": 2e-3, "radam": 1e-3, "adagrad": 1e-2,
    "adadelta": 1, "adamax": 2e-3,
  ]

  @Test(arguments: OptimizerConfiguration.kinds)
  func `encoding and decoding give an equal value`(kind: String) throws {
    let configuration = try JSONDecoder().decode(OptimizerConfiguration.self, from: Data("\"\(kind)\"".utf8))
    let again = try JSONDecoder().decode(OptimizerConfiguration.self, from: JSONEncoder().encode(configuration))
    #expect(again == configuration)
  }

  @Test func `every setting reaches the rule`() throws {
    var adam = Adam.Configuration()
    adam.amsgrad = true
    #expect(try (OptimizerConfiguration.adam(adam).make() as? Adam)?.amsgrad == true)
    var adamw = AdamW.Configuration()
    adamw.amsgrad = true
    #expect(try (OptimizerConfiguration.adamw(adamw).make() as? AdamW)?.amsgrad == true)
    var nadam = NAdam.Configuration()
    (nadam.learningRate, nadam.beta1, nadam.beta2, nadam.epsilon) = (1, 0.2, 0.3, 0.4)
    (nadam.momentumDecay, nadam.weightDecay) = (5, 6)
    let rule = try NAdam(nadam)
    #expect([rule.learningRate, rule.beta1, rule.beta2, rule.epsilon] == [1, 0.2, 0.3, 0.4])
    #expect([rule.momentumDecay, rule.weightDecay] == [5, 6])
    var adagrad = Adagrad.Configuration()
    adagrad.learningRateDecay = 0.5
    #expect(try Adagrad(adagrad).learningRateDecay == 0.5)
    var adadelta = Adadelta.Configuration()
    adadelta.rho = 0.5
    #expect(try Adadelta(adadelta).rho == 0.5)
  }

  @Test func `a value out of its range is an error of the configuration`() throws {
    var settings = Adamax.Configuration()
    settings.beta1 = 2
    #expect(throws: ConfigValueError("beta1 is 2.0; give a number of at least 0 and below 1")) {
      try OptimizerConfiguration.adamax(settings).validate()
    }
  }
}
