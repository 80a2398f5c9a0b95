import AttuneCore
import AttuneTraining
import Testing

@Suite struct LogisticRegressionErrorTests {
  private func message(c: Double = 1, limit: Int = 100, _ x: Matrix, _ labels: [Int], classes: Int = 2) -> String {
    do {
      let found = try LogisticRegressionTests.method(c: c, maximumIterations: limit)
        .fit(features: x, labels: labels, classes: classes)
      return "accepted: \(found)"
    } catch { return "\(error)" }
  }

  static let x = Matrix([[0], [1], [2], [3]])

  @Test func `separable classes without a penalty are found out, and have a solution with one`() throws {
    #expect(
      message(c: .infinity, Self.x, [0, 0, 1, 1]).hasSuffix(
        "iterations the weights separate the classes without an error, so without a penalty they grow without end; "
          + "set c to a finite value"))
    #expect(message(c: .infinity, Self.x, [0, 0, 1, 2], classes: 3).contains("separate the classes without an error"))
    #expect(try LogisticRegression().fit(features: Self.x, labels: [0, 0, 1, 1], classes: 2).gradient <= 1e-10)
  }

  @Test func `classes that touch in one point are not taken for solved`() {
    let found = message(c: .infinity, Matrix([[0], [1], [1], [2]]), [0, 0, 1, 1])
    #expect(found.contains("set c to a finite value") || found.contains("only a finite c has a solution"), "\(found)")
  }

  @Test func `dependent features without a penalty are told`() {
    let twice = Matrix([[0, 0], [1, 2], [2, 4], [3, 6]])
    #expect(
      message(c: .infinity, twice, [0, 1, 0, 1])
        == "logistic: the Newton system is singular: features depend on each other, or separate classes in part; "
        + "set c to a finite value")
    #expect(!message(c: 1, twice, [0, 1, 0, 1]).contains("logistic:"))
  }

  @Test func `the iteration limit is told, with what is left`() {
    let text = message(limit: 1, Self.x, [0, 1, 0, 1])
    #expect(text.hasPrefix("logistic: not converged after 1 iterations, largest derivative "))
    #expect(text.hasSuffix("; raise the limit of iterations or the tolerance, or set a smaller c than 1.0"))
    #expect(message(c: .infinity, limit: 1, Self.x, [0, 1, 0, 1]).hasSuffix("set one, or raise the limit"))
  }

  @Test func `a system that is too large advises an optimizer`() {
    let wide = Matrix(rows: 4, columns: 700)
    #expect(
      message(wide, [0, 1, 2, 2], classes: 3)
        == "logistic: 2103 unknowns, (features + 1) · classes, are more than 2000, which is the largest Newton system; "
        + "train with an optimizer, for example adam, or choose fewer features")
  }

  @Test func `labels that do not fit are told apart`() {
    #expect(message(Self.x, [0, 1]) == "logistic: 4 rows of features, 2 labels; give one label a row")
    #expect(
      message(Self.x, [0, 0, 0, 0], classes: 1)
        == "logistic: 1 class, at least 2 are needed; check the target column")
    #expect(
      message(Self.x, [0, 1, 2, 0]) == "logistic: row 2 (from 0) has the label 2; labels must be in 0..<2")
    #expect(
      message(Self.x, [0, 0, 0, 0])
        == "logistic: no row has the label 1, so its intercept would be minus infinity; "
        + "remove the class, or give rows of it")
    #expect(
      message(Matrix([[0], [.nan], [2], [3]]), [0, 1, 0, 1])
        == "logistic: the features hold NaN or infinity; remove those rows or impute the values")
    #expect(message(c: 0, Self.x, [0, 1, 0, 1]) == "logistic: c is 0.0; give a finite number above 0")
    #expect(
      message(limit: 0, Self.x, [0, 1, 0, 1])
        == "logistic: maximumIterations is 0; give an integer of at least 1")
  }
}
