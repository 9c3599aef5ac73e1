using FaceVoice.Torch.Modules;
using FaceVoice.Torch.Optim;
using Xunit;

namespace FaceVoice.Torch.Tests.Optim;

public sealed class OptimizerTests
{
    private const float Tolerance = 2e-6f;

    // Four steps on sum(w p^2), w = 1 2 3, its sign turned and halved in every second step; values from PyTorch 1.13.
    public static TheoryData<string, float[]> Traces { get; } = new()
    {
        { "sgd", [0.30628034472465515f, 0.6529731154441833f, -0.42482009530067444f] },
        { "nesterov", [0.13178348541259766f, 1.1522995233535767f, -0.33312687277793884f] },
        { "adam", [0.7802109122276306f, -1.7844762802124023f, 0.2741551399230957f] },
        { "amsgrad", [0.7816436886787415f, -1.7852215766906738f, 0.27459025382995605f] },
        { "adamw", [0.7457565665245056f, -1.7098808288574219f, 0.2585335075855255f] },
    };

    [TorchTheory]
    [MemberData(nameof(Traces))]
    public void Step_FourTimes_MatchesPyTorch(string name, float[] expected)
    {
        using Parameter parameter = new(torch.tensor(1f, -2, 0.5f));
        using Optimizer optimizer = Make(name, [parameter]);

        Train(parameter, optimizer, 4);

        Assert.Equal(expected, parameter.ToArray<float>(), (a, b) => Math.Abs(a - b) <= Tolerance);
    }

    [TorchFact]
    public void AdamW_InOnePass_EqualsTheOperators()
    {
        torch.manual_seed(11);
        float[] start = torch.randn(1027).ToArray<float>();
        using Parameter single = new(torch.tensor(start));
        using Parameter @double = new(torch.tensor(start).@double());
        using Optimizer onePass = torch.optim.AdamW([single], lr: 0.01, weight_decay: 0.1);
        using Optimizer operators = torch.optim.AdamW([@double], lr: 0.01, weight_decay: 0.1);
        for (int step = 0; step < 20; step++)
        {
            foreach ((Parameter parameter, Optimizer optimizer) in new[] { (single, onePass), (@double, operators) })
            {
                using DisposeScope scope = torch.NewDisposeScope();
                optimizer.zero_grad();
                (parameter.sin() * (step + 1)).sum().backward();
                optimizer.step();
            }
        }

        Assert.Equal(@double.ToArray<double>(), single.ToArray<float>().Select(value => (double)value), (a, b) => Math.Abs(a - b) <= 1e-5);
    }

    [TorchTheory]
    [InlineData("sgd")]
    [InlineData("nesterov")]
    [InlineData("adam")]
    [InlineData("amsgrad")]
    [InlineData("adamw")]
    public void StateDict_LoadedIntoAnother_GoesOnBitForBit(string name)
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using Parameter unbroken = new(torch.tensor(1f, -2, 0.5f));
        using Optimizer first = Make(name, [unbroken]);
        Train(unbroken, first, 3);
        first.ParamGroups[0].LearningRate = 0.07;

        using Parameter resumed = new(unbroken.detach().clone());
        using Optimizer second = Make(name, [resumed]);
        second.load_state_dict(first.state_dict().ToDictionary(item => item.Key, item => item.Value.clone()));
        Train(unbroken, first, 3);
        Train(resumed, second, 3);

        Assert.Equal(unbroken.ToArray<float>(), resumed.ToArray<float>());
    }

    [TorchFact]
    public void LoadStateDict_UnknownOrMisshapen_SaysWhich()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using Parameter parameter = new(torch.zeros(3));
        using Optimizer optimizer = Make("adamw", [parameter]);

        Assert.Contains("'state.5.exp_avg'", Assert.Throws<TorchException>(
            () => optimizer.load_state_dict(new Dictionary<string, Tensor> { ["state.5.exp_avg"] = torch.zeros(3) })).Message, StringComparison.Ordinal);
        Assert.Contains("[4], the parameter [3]", Assert.Throws<TorchException>(
            () => optimizer.load_state_dict(new Dictionary<string, Tensor> { ["state.0.exp_avg"] = torch.zeros(4) })).Message, StringComparison.Ordinal);
    }

    [TorchFact]
    public void ParameterGroups_WithOwnRates_AreTreatedApart()
    {
        using Parameter fast = new(torch.ones(1));
        using Parameter still = new(torch.ones(1));
        using Optimizer optimizer = torch.optim.SGD([new ParameterGroup([fast]), new ParameterGroup([still], lr: 0)], 0.5);
        using DisposeScope scope = torch.NewDisposeScope();
        (fast + still).sum().backward();
        optimizer.step();

        Assert.Equal(0.5, fast.ToDouble());
        Assert.Equal(1, still.ToDouble());
    }

    [TorchFact]
    public void Optimizer_SameParameterTwiceOrNone_Throws()
    {
        using Parameter parameter = new(torch.ones(1));
        Assert.Throws<ArgumentException>(() => torch.optim.SGD([parameter, parameter], 0.1));
        Assert.Throws<ArgumentException>(() => torch.optim.SGD(Array.Empty<Parameter>(), 0.1));
    }

    [TorchFact]
    public void ClipGradNorm_AboveTheLimit_ScalesAllTogether()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using Parameter a = new(torch.zeros(1));
        using Parameter b = new(torch.zeros(1));
        (a * 3 + b * 4).sum().backward();

        Assert.Equal(5, torch.nn.utils.clip_grad_norm_([a, b], 1), 1e-6);
        Assert.Equal(0.6, a.grad!.ToDouble(), 1e-5);
        Assert.Equal(0.8, b.grad!.ToDouble(), 1e-5);
    }

    [TorchFact]
    public void ClipGradNorm_NotFinite_SaysSoAndChangesNothing()
    {
        using DisposeScope scope = torch.NewDisposeScope();
        using Parameter a = new(torch.zeros(2));
        a.grad = torch.tensor(float.NaN, 2);

        Assert.False(double.IsFinite(torch.nn.utils.clip_grad_norm_([a], 1)));
        Assert.Equal(2, a.grad!.ToArray<float>()[1]);
    }

    private static void Train(Parameter parameter, Optimizer optimizer, int steps)
    {
        for (int n = 0; n < steps; n++)
        {
            using DisposeScope scope = torch.NewDisposeScope();
            optimizer.zero_grad();
            (parameter * parameter * torch.tensor(1f, 2, 3) * (n % 2 == 0 ? 1 : -0.5)).sum().backward();
            optimizer.step();
        }
    }

    private static Optimizer Make(string name, Parameter[] parameters) => name switch
    {
        "sgd" => torch.optim.SGD(parameters, 0.1, momentum: 0.9, dampening: 0.1, weight_decay: 0.01),
        "nesterov" => torch.optim.SGD(parameters, 0.1, momentum: 0.9, nesterov: true),
        "adam" => torch.optim.Adam(parameters, 0.1, weight_decay: 0.01),
        "amsgrad" => torch.optim.Adam(parameters, 0.1, amsgrad: true),
        _ => torch.optim.AdamW(parameters, 0.1, weight_decay: 0.1),
    };
}
