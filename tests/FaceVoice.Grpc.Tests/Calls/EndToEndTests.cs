using FaceVoice.Testing.Grpc;
using FaceVoice.Testing.Grpc.Protocol;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using static FaceVoice.Testing.Grpc.Protocol.TestService;

namespace FaceVoice.Grpc.Tests.Calls;

/// <summary>Our client against our server, where the interoperability cases do not reach.</summary>
public sealed class EndToEndTests
{
    [Fact]
    public async Task Deadline_RacingTheAnswer_OnlyOkOrDeadlineComesOut()
    {
        await using var server = await GrpcTestServer.StartInteropAsync();
        var client = new TestServiceClient(server.Channel);
        await client.EmptyCallAsync(new Empty());
        var outcomes = new System.Collections.Concurrent.ConcurrentDictionary<StatusCode, int>();

        await Parallel.ForEachAsync(Enumerable.Range(0, 3000), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, token) =>
        {
            var code = StatusCode.OK;
            try
            {
                await client.UnaryCallAsync(new SimpleRequest { ResponseSize = 1000 }, deadline: DateTime.UtcNow.AddMicroseconds(100 + (i % 40 * 100)), cancellationToken: token);
            }
            catch (RpcException e)
            {
                code = e.StatusCode;
            }

            outcomes.AddOrUpdate(code, 1, (_, n) => n + 1);
        });

        Assert.Empty(outcomes.Keys.Except([StatusCode.OK, StatusCode.DeadlineExceeded]));
    }

    [Fact]
    public async Task Deadline_HandlerIgnoresItsToken_StatusArrivesInTime()
    {
        var release = new TaskCompletionSource();
        await using var server = await StartAsync(new ScriptedService { Unary = async (_, _) => { await release.Task; return new SimpleResponse(); } });

        var started = DateTime.UtcNow;
        var error = await Assert.ThrowsAsync<RpcException>(async () => await new TestServiceClient(server.Channel).UnaryCallAsync(new SimpleRequest(), deadline: started.AddMilliseconds(300)));

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
        Assert.InRange(DateTime.UtcNow - started, TimeSpan.FromMilliseconds(250), TimeSpan.FromSeconds(20));
        release.SetResult();
    }

    [Fact]
    public async Task Cancel_ByTheClient_IsSeenByTheHandler()
    {
        var entered = new TaskCompletionSource();
        var cancelled = new TaskCompletionSource();
        await using var server = await StartAsync(new ScriptedService
        {
            Unary = async (_, context) =>
            {
                entered.SetResult();
                await using var registration = context.CancellationToken.Register(cancelled.SetResult);
                await cancelled.Task;
                throw new OperationCanceledException();
            },
        });
        using var leave = new CancellationTokenSource();
        using var call = new TestServiceClient(server.Channel).UnaryCallAsync(new SimpleRequest(), cancellationToken: leave.Token);
        await entered.Task;

        await leave.CancelAsync();

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal(StatusCode.Cancelled, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
    }

    [Fact]
    public async Task Upload_200Megabytes_Arrives()
    {
        await using var server = await GrpcTestServer.StartInteropAsync();
        using var call = new TestServiceClient(server.Channel).StreamingInputCall();
        var request = new StreamingInputCallRequest { Payload = new Payload { Body = ByteString.CopyFrom(new byte[2_000_000]) } };
        for (var i = 0; i < 100; i++)
        {
            await call.RequestStream.WriteAsync(request);
        }

        await call.RequestStream.CompleteAsync();
        Assert.Equal(200_000_000, (await call).AggregatedPayloadSize);
    }

    [Fact]
    public async Task Download_20000Messages_ArriveInOrder()
    {
        await using var server = await StartAsync(new ScriptedService
        {
            Download = async (_, responses, _) =>
            {
                for (var i = 0; i < 20_000; i++)
                {
                    await responses.WriteAsync(new StreamingOutputCallResponse { Payload = new Payload { Body = ByteString.CopyFrom(BitConverter.GetBytes(i)) } });
                }
            },
        });
        using var call = new TestServiceClient(server.Channel).StreamingOutputCall(new StreamingOutputCallRequest());
        var next = 0;
        await foreach (var response in call.ResponseStream.ReadAllAsync())
        {
            Assert.Equal(next++, BitConverter.ToInt32(response.Payload.Body.Span));
        }

        Assert.Equal(20_000, next);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Message_LargerThanTheLimit_IsResourceExhausted(bool request)
    {
        await using var server = await GrpcTestServer.StartInteropAsync(options => options.MaxReceiveMessageSize = 10_000);
        using var channel = GrpcChannel.ForAddress(server.GrpcAddress, new GrpcChannelOptions { MaxReceiveMessageSize = 10_000 });
        var message = request ? new SimpleRequest { Payload = new Payload { Body = ByteString.CopyFrom(new byte[20_000]) } } : new SimpleRequest { ResponseSize = 20_000 };

        var error = await Assert.ThrowsAsync<RpcException>(async () => await new TestServiceClient(channel).UnaryCallAsync(message));

        Assert.Equal(StatusCode.ResourceExhausted, error.StatusCode);
    }

    [Fact]
    public async Task Handler_ThrowsSomethingElse_TellsNothingOfIt()
    {
        await using var server = await StartAsync(new ScriptedService { Unary = (_, _) => throw new InvalidOperationException("secret") });

        var error = await Assert.ThrowsAsync<RpcException>(async () => await new TestServiceClient(server.Channel).UnaryCallAsync(new SimpleRequest()));

        Assert.Equal(StatusCode.Unknown, error.StatusCode);
        Assert.DoesNotContain("secret", error.Status.Detail);
    }

    [Fact]
    public async Task Handler_ThrowsAfterAMessage_TrailersCarryTheStatus()
    {
        await using var server = await StartAsync(new ScriptedService
        {
            Download = async (_, responses, _) =>
            {
                await responses.WriteAsync(new StreamingOutputCallResponse());
                throw new RpcException(new Status(StatusCode.DataLoss, "gone"), new Metadata { { "x-detail", "7" }, { "x-raw-bin", [1, 2] } });
            },
        });
        using var call = new TestServiceClient(server.Channel).StreamingOutputCall(new StreamingOutputCallRequest());
        Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));

        var error = await Assert.ThrowsAsync<RpcException>(() => call.ResponseStream.MoveNext(CancellationToken.None));

        Assert.Equal(new Status(StatusCode.DataLoss, "gone"), error.Status);
        Assert.Equal("7", error.Trailers.GetValue("x-detail"));
        Assert.Equal([1, 2], error.Trailers.GetValueBytes("x-raw-bin"));
    }

    [Fact]
    public async Task Server_AnswersEarly_WriterLearnsTheStatus()
    {
        await using var server = await StartAsync(new ScriptedService { Upload = (_, _) => throw new RpcException(new Status(StatusCode.PermissionDenied, "no")) });
        using var call = new TestServiceClient(server.Channel).StreamingInputCall();
        var request = new StreamingInputCallRequest { Payload = new Payload { Body = ByteString.CopyFrom(new byte[1_000_000]) } };

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await call.RequestStream.WriteAsync(request);
            }
        });

        Assert.Equal(StatusCode.PermissionDenied, error.StatusCode);
        Assert.Equal(StatusCode.PermissionDenied, (await Assert.ThrowsAsync<RpcException>(async () => await call)).StatusCode);
    }

    [Fact]
    public async Task ServerStream_ClientStops_HandlerIsTold()
    {
        var stopped = new TaskCompletionSource();
        await using var server = await StartAsync(new ScriptedService
        {
            Download = async (_, responses, context) =>
            {
                try
                {
                    while (true)
                    {
                        await responses.WriteAsync(new StreamingOutputCallResponse { Payload = new Payload { Body = ByteString.CopyFrom(new byte[10_000]) } }, context.CancellationToken);
                    }
                }
                finally
                {
                    stopped.SetResult();
                }
            },
        });
        using (var call = new TestServiceClient(server.Channel).StreamingOutputCall(new StreamingOutputCallRequest()))
        {
            Assert.True(await call.ResponseStream.MoveNext(CancellationToken.None));
        }

        await stopped.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Interceptors_OnBothSides_SeeTheCallInOrder()
    {
        var seen = new List<string>();
        await using var server = await GrpcTestServer.StartAsync(
            application => application.MapGrpcService<InteropService>(),
            services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, seen),
            options =>
            {
                options.Interceptors.Add<Outer>();
                options.Interceptors.Add<Inner>();
            });
        var invoker = server.Channel.Intercept(metadata => { metadata.Add("x-client", "added"); return metadata; });

        await new TestServiceClient(invoker).EmptyCallAsync(new Empty());

        Assert.Equal(["outer added", "inner"], seen);
    }

    [Fact]
    public async Task Connection_Refused_IsUnavailable()
    {
        using var channel = GrpcChannel.ForAddress("http://127.0.0.1:1");

        var error = await Assert.ThrowsAsync<RpcException>(async () => await new TestServiceClient(channel).EmptyCallAsync(new Empty()));

        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
    }

    [Fact]
    public async Task Call_MoreThanAHundredAtOnce_AllEnd()
    {
        var release = new TaskCompletionSource();
        await using var server = await StartAsync(new ScriptedService { Unary = async (_, _) => { await release.Task; return new SimpleResponse(); } });
        var client = new TestServiceClient(server.Channel);

        // More than the streams of one connection: the client opens another.
        var calls = Enumerable.Range(0, 300).Select(_ => client.UnaryCallAsync(new SimpleRequest()).ResponseAsync).ToList();
        release.SetResult();

        await Task.WhenAll(calls).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    private static Task<GrpcTestServer> StartAsync(ScriptedService service) => GrpcTestServer.StartAsync(
        application => application.MapGrpcService<ScriptedService>(),
        services => Microsoft.Extensions.DependencyInjection.ServiceCollectionServiceExtensions.AddSingleton(services, service));

    internal sealed class Outer(List<string> seen) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            seen.Add("outer " + context.RequestHeaders.GetValue("x-client"));
            return continuation(request, context);
        }
    }

    internal sealed class Inner(List<string> seen) : Interceptor
    {
        public override Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
        {
            seen.Add("inner");
            return continuation(request, context);
        }
    }
}
