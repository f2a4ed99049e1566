// Ways out of a Node process. Each gets the lures' names and does what it can; what came of it is seen from outside.
const settled = (start) => new Promise((resolve, reject) => start(resolve, reject));

const attacks = {
  connects_by_tcp: ({ port }) =>
    settled((resolve, reject) => require('net').connect(port, '127.0.0.1', resolve).on('error', reject)),

  connects_by_a_unix_socket: ({ unix }) =>
    settled((resolve, reject) => require('net').connect(unix, resolve).on('error', reject)),

  connects_by_an_agent: ({ port }) =>
    settled((resolve, reject) => {
      const { Agent } = require('http');
      const made = new Agent().createConnection({ host: '127.0.0.1', port });
      made.on('connect', resolve).on('error', reject);
    }),

  connects_by_http2: ({ port }) =>
    settled((resolve, reject) =>
      require('http2').connect(`http://127.0.0.1:${port}`).on('connect', resolve).on('error', reject)),

  connects_by_tls: ({ port }) =>
    settled((resolve, reject) => {
      const socket = require('tls').connect(port, '127.0.0.1');
      socket.on('error', reject);
      socket._handle?._parent?.on?.('connect', resolve);
      require('net').Socket.prototype.once.call(socket, 'ready', resolve);
      setTimeout(resolve, 200);
    }),

  connects_by_a_binding: ({ port }) => {
    const { TCP, TCPConnectWrap, constants } = process.binding('tcp_wrap');
    const request = new TCPConnectWrap();
    return settled((resolve, reject) => {
      request.oncomplete = (status) => (status < 0 ? reject(new Error(`status ${status}`)) : resolve());
      const status = new TCP(constants.SOCKET).connect(request, '127.0.0.1', port);
      if (status) reject(new Error(`status ${status}`));
    });
  },

  connects_in_a_thread: ({ port }) =>
    settled((resolve, reject) => {
      const { Worker } = require('worker_threads');
      const code = `require('net').connect(${port}, '127.0.0.1', () => process.exit(0)).on('error', (e) => { throw e; })`;
      new Worker(code, { eval: true }).on('exit', resolve).on('error', reject);
    }),

  connects_after_it_broke_the_shim: ({ port }) => {
    const { prototype } = require('net').Socket;
    JSON.stringify = () => '{}';
    Reflect.apply = (run, self, args) => run.call(self, ...args);
    Object.prototype.left = 0;
    Error.prototype.toString = () => 'nothing';
    Buffer.concat = () => Buffer.alloc(0);
    delete prototype.connect;
    const { TCP, TCPConnectWrap, constants } = process.binding('tcp_wrap');
    const request = new TCPConnectWrap();
    request.oncomplete = () => undefined;
    return new TCP(constants.SOCKET).connect(request, '127.0.0.1', port);
  },

  sends_a_datagram: ({ udp }) =>
    settled((resolve, reject) =>
      require('dgram').createSocket('udp4').on('error', reject)
        .send('x', udp[1], '127.0.0.1', (error) => (error ? reject(error) : resolve()))),

  runs_a_program: ({ touch }) =>
    settled((resolve, reject) =>
      require('child_process').spawn('/bin/sh', ['-c', touch]).on('error', reject).on('exit', resolve)),

  runs_a_program_and_waits: ({ touch }) => require('child_process').execSync(touch),

  runs_a_program_by_a_binding: ({ touch }) => {
    const pipe = { type: 'pipe', readable: true, writable: true };
    const args = ['sh', '-c', touch];
    return process.binding('spawn_sync').spawn({ file: '/bin/sh', args, stdio: [pipe, pipe, pipe] });
  },

  becomes_a_program: ({ touch }) => process.execve('/bin/sh', ['sh', '-c', touch], {}),

  writes_a_file: ({ folder }) => require('fs').writeFileSync(`${folder}/new`, 'x'),

  writes_a_file_later: ({ folder }) => require('fs/promises').writeFile(`${folder}/new`, 'x'),

  changes_a_mode: ({ file }) => require('fs').chmodSync(file, 0o600),

  removes_a_file: ({ file }) => require('fs').unlinkSync(file),

  stops_a_process: ({ victim }) => process.kill(victim, 'SIGKILL'),

  reads_a_file: ({ file }) => require('fs').readFileSync(file, 'utf8'),

  reads_a_file_by_a_binding: ({ file }) => {
    const fs = require('fs');
    const fd = process.binding('fs').open(file, 0, 0o666);
    return fs.readFileSync(fd, 'utf8');
  },

  reads_the_environment_of_a_process: ({ victim_environ: file }) => require('fs').readFileSync(file, 'utf8'),
};

exports.attack = async ({ name, lures }) => {
  const found = await attacks[name](lures);
  return typeof found === 'string' ? found : null;
};
